import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };

/**
 * Asks for exactly this address: nothing is normalised or decoded, no header is added but Host, and each request has a
 * connection of its own.
 * @param options.from the client's own address, one of 127.0.0.0/8
 */
export function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string; from?: string } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body, from } = options;
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers, agent: false, ...(from && { localAddress: from }) },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

const rawDeadlineMs = 15_000;

/** Sends bytes unchanged; returns everything that arrived until the other side closed, or until the deadline. */
export function sendRaw(port: number, bytes: string): Promise<{ said: string; closed: boolean }> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    const finish = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ said, closed });
    };
    const timer = setTimeout(() => finish(false), rawDeadlineMs);
    socket.on('data', (chunk) => (said += chunk.toString('latin1')));
    socket.on('end', () => finish(true));
    socket.on('error', () => finish(true));
    socket.write(bytes, 'latin1');
  });
}
