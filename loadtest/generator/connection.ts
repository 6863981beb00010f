import { type Socket, connect } from 'node:net';

/** One answer, parsed only as far as counting and checking need it. */
export type Answer = {
  readonly status: number;
  /** The head of the answer as received. Header names may be in any case. */
  readonly headers: string;
  readonly body: Buffer;
};

/** A kept-alive HTTP/1.1 connection with at most one request in flight. A request costs a few microseconds. */
export type Connection = {
  /** Rejects if the connection is lost or nothing arrives for 30 s. The outcome of the request is then unknown. */
  send(request: string | Buffer): Promise<Answer>;
  /** False once the server has closed it or has announced that it will. The next request needs another one. */
  readonly isOpen: boolean;
  close(): void;
};

const answerDeadlineMs = 30_000;

/** @param localAddress the address that the server sees, of 127.0.0.0/8; default: the system's choice */
export async function openConnection(port: number, localAddress?: string): Promise<Connection> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opening = connect({ port, host: '127.0.0.1', noDelay: true, localAddress });
    opening.once('connect', () => resolve(opening));
    opening.once('error', reject);
  });
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  let received: Buffer = Buffer.alloc(0);
  const fail = (error: Error) => {
    waiting?.reject(error);
    waiting = undefined;
  };
  socket.setTimeout(answerDeadlineMs, () => {
    if (waiting !== undefined) socket.destroy(new Error('no answer within the deadline'));
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the connection was closed')));
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const answer = parseAnswer(received);
    if (answer === undefined) return;
    received = Buffer.alloc(0);
    const { resolve } = waiting ?? {};
    waiting = undefined;
    if (closePattern.test(answer.headers)) socket.destroy();
    resolve?.(answer);
  });
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the connection was closed'));
        waiting = { resolve, reject };
        socket.write(request);
      }),
    get isOpen() {
      return !socket.destroyed;
    },
    close: () => socket.destroy(),
  };
}

const headEnd = Buffer.from('\r\n\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');
const noBody = Buffer.alloc(0);
const lengthPattern = /\r\ncontent-length: (\d+)/i;
const closePattern = /\r\nconnection: close(?:\r|$)/i;

/** The whole answer; undefined while bytes are missing. */
function parseAnswer(bytes: Buffer): Answer | undefined {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const start = end + headEnd.length;
  if (status === 304 || status === 204) return { status, headers: head, body: noBody };
  const length = lengthPattern.exec(head)?.[1];
  if (length === undefined) {
    const isWhole = bytes.subarray(-lastChunk.length).equals(lastChunk);
    return isWhole ? { status, headers: head, body: bytes.subarray(start) } : undefined;
  }
  const stop = start + Number(length);
  return bytes.length < stop ? undefined : { status, headers: head, body: bytes.subarray(start, stop) };
}

/** The bytes of a request. Header names are sent as given. A body is sent as JSON, with its length in bytes. */
export function requestBytes(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`);
  if (body !== undefined) lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}
