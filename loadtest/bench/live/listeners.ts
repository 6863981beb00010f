import { type Socket, connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** One message that a client has received. */
export type Received = { readonly topic: number; readonly number: number; readonly ms: number };

/** Many clients of live streams in this process, on plain sockets. Each comes from a network of its own. */
export type Listeners = {
  /** Opens all closed streams, each with the last id that its client has received, and waits until all have begun. */
  open(): Promise<void>;
  /** Cuts all connections. */
  kill(): void;
  readonly received: number;
  /** Messages that a client should have received but has not, by their numbers. */
  missed(sent: readonly number[]): number;
  onMessage: (received: Received) => void;
};

export type StreamOf = { readonly path: string; readonly token?: string; readonly topic: number };

const openAtOnce = 50;
/** A client whose stream is refused for overload waits this long, and tries again. */
const againMs = 300;
const openDeadlineMs = 60_000;

type Client = {
  readonly of: StreamOf;
  readonly place: number;
  socket: Socket | undefined;
  lastId: string | undefined;
  text: string;
  last: number;
  /** Numbers that arrived out of order, or not before a later one. */
  holes: number;
};

export function createListeners(port: number, streams: readonly StreamOf[]): Listeners {
  const clients = streams.map((of, place): Client => {
    return { of, place, socket: undefined, lastId: undefined, text: '', last: 0, holes: 0 };
  });
  let received = 0;

  const take = (client: Client, block: string): void => {
    client.lastId = /^id: (.+)$/m.exec(block)?.[1] ?? client.lastId;
    const data = /^data: (\{"n":.+)$/m.exec(block)?.[1];
    if (data === undefined) return;
    const { n, t } = JSON.parse(data) as { n: number; t: number };
    received += 1;
    client.holes += n === client.last + 1 ? 0 : 1;
    client.last = n;
    listeners.onMessage({ topic: client.of.topic, number: n, ms: performance.now() - t });
  };
  /** @returns false if the stream was refused for overload */
  const tryOne = (client: Client): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      client.socket = socket;
      client.text = '';
      let isBegun = false;
      const late = setTimeout(
        () => reject(new Error(`a stream did not begin within ${openDeadlineMs} ms`)),
        openDeadlineMs,
      );
      const begin = (text: string): void => {
        isBegun = true;
        clearTimeout(late);
        const status = Number(text.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
        if (status === 200) return resolve(true);
        socket.destroy();
        if (status === 503) resolve(false);
        else reject(new Error(`a stream was refused: ${text.slice(0, 300)}`));
      };
      socket.setEncoding('utf8');
      socket.on('error', reject);
      socket.on('connect', () => socket.write(requestOf(client)));
      socket.on('data', (text: string) => {
        if (!isBegun) begin(text);
        const blocks = (client.text + text).split('\n\n');
        client.text = blocks.pop() ?? '';
        for (const block of blocks) take(client, block);
      });
    });
  const openOne = async (client: Client): Promise<void> => {
    while (!(await tryOne(client))) await pause(againMs);
  };

  const listeners: Listeners = {
    open: async () => {
      const closed = clients.filter(({ socket }) => socket === undefined);
      for (let from = 0; from < closed.length; from += openAtOnce) {
        await Promise.all(closed.slice(from, from + openAtOnce).map(openOne));
      }
    },
    kill: () => {
      for (const client of clients) {
        client.socket?.removeAllListeners('data');
        client.socket?.destroy();
        client.socket = undefined;
      }
    },
    get received() {
      return received;
    },
    missed: (sent) =>
      clients.reduce((sum, { of, last, holes }) => sum + holes + Math.max(0, (sent[of.topic] ?? 0) - last), 0),
    onMessage: () => {},
  };
  return listeners;
}

function requestOf({ of: { path, token }, place, lastId }: Client): string {
  const head = [
    `GET ${path} HTTP/1.1`,
    'Host: antre',
    `X-Forwarded-For: 10.${place >> 8}.${place & 255}.1`,
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ...(lastId === undefined ? [] : [`Last-Event-ID: ${lastId}`]),
  ];
  return `${head.join('\r\n')}\r\n\r\n`;
}
