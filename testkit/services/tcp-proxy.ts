import { once } from 'node:events';
import net from 'node:net';

/** A proxy to a server whose connections a test can cut. */
export type TcpProxy = {
  /** The server's address through the proxy. */
  readonly url: string;
  /** Cuts all existing connections. */
  cutAll(): void;
  /** Existing connections stay open but carry nothing any more, as when a cable is cut. */
  silenceAll(): void;
  /** From now on each new connection is cut at once. */
  refuse(): void;
  accept(): void;
  readonly accepted: number;
  close(): Promise<void>;
};

export type TcpProxyOptions = {
  /** Sees the client's data before it is passed on. May cut this connection, now or when the answer comes. */
  readonly onRequest?: (bytes: Buffer, cut: { now(): void; atAnswer(): void }) => void;
};

export async function openTcpProxy(url: string, options: TcpProxyOptions = {}): Promise<TcpProxy> {
  const target = new URL(url);
  const pairs = new Set<() => void>();
  let silences = 0;
  let refusing = false;
  let accepted = 0;
  const server = net.createServer((client) => {
    accepted += 1;
    if (refusing) {
      client.destroy();
      return;
    }
    const upstream = net.connect(Number(target.port), target.hostname);
    let cutAtAnswer = false;
    const bornAfter = silences;
    const isSilent = () => silences > bornAfter;
    const cut = () => {
      pairs.delete(cut);
      client.destroy();
      upstream.destroy();
    };
    pairs.add(cut);
    client.setNoDelay(true).on('error', cut).on('close', cut);
    upstream.setNoDelay(true).on('error', cut).on('close', cut);
    client.on('data', (bytes) => {
      if (isSilent()) return;
      let cutNow = false;
      options.onRequest?.(bytes, { now: () => void (cutNow = true), atAnswer: () => void (cutAtAnswer = true) });
      if (cutNow) {
        client.destroy();
        upstream.end(bytes);
      } else upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (cutAtAnswer) cut();
      else if (!isSilent()) client.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const here = new URL(url);
  here.hostname = '127.0.0.1';
  here.port = String(typeof address === 'object' && address !== null ? address.port : '');
  return {
    url: here.href,
    cutAll: () => {
      for (const cut of pairs) cut();
    },
    silenceAll: () => {
      silences += 1;
    },
    refuse: () => {
      refusing = true;
    },
    accept: () => {
      refusing = false;
    },
    get accepted() {
      return accepted;
    },
    close: async () => {
      for (const cut of pairs) cut();
      server.close();
      await once(server, 'close');
    },
  };
}
