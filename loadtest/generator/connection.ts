import { type Socket, connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';

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

/** A port of this machine, or the address of a server elsewhere. */
export type Destination = number | URL;

export function originOf(to: Destination): string {
  return typeof to === 'number' ? `http://127.0.0.1:${to}` : to.origin;
}

const answerDeadlineMs = 30_000;
const anyHost = /\r\nhost: localhost\r\n/;

/**
 * @param network the address that the server sees, of 127.0.0.0/8; default: the system's choice. A server elsewhere
 * gets one of 512 networks by X-Forwarded-For, which it believes if it trusts this machine as a proxy.
 */
export async function openConnection(to: Destination, network?: string): Promise<Connection> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opening = begin(to, network);
    opening.once(to instanceof URL && to.protocol === 'https:' ? 'secureConnect' : 'connect', () => resolve(opening));
    opening.once('error', reject);
  });
  const head = to instanceof URL ? `\r\nhost: ${to.host}\r\n${forwardedFor(network)}` : undefined;
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
        socket.write(head === undefined ? request : String(request).replace(anyHost, head));
      }),
    get isOpen() {
      return !socket.destroyed;
    },
    close: () => socket.destroy(),
  };
}

function begin(to: Destination, network: string | undefined): Socket {
  if (typeof to === 'number') return connect({ port: to, host: '127.0.0.1', noDelay: true, localAddress: network });
  const host = to.hostname.replace(/^\[|\]$/g, '');
  const isEncrypted = to.protocol === 'https:';
  const place = { host, port: Number(to.port || (isEncrypted ? 443 : 80)) };
  if (!isEncrypted) return connect({ ...place, noDelay: true });
  // The name of the certificate. An address is none.
  const socket = connectTls({
    ...place,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ALPNProtocols: ['http/1.1'],
  });
  return socket.setNoDelay(true);
}

/** From 198.18.0.0/15, which is reserved for load tests: no proxy trusts it, and nobody has such an address. */
function forwardedFor(network: string | undefined): string {
  const [, second = 0, third = 0] = (network ?? '').split('.').map(Number);
  return network === undefined ? '' : `x-forwarded-for: 198.${18 + (second % 2)}.${third}.7\r\n`;
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
