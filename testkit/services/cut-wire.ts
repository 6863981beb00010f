import { type Server, type Socket, connect, createServer } from 'node:net';

/** A proxy to a real server that a test may cut, freeze and repair. */
export type CutWire = {
  /** The server's URL through the proxy. */
  readonly url: string;
  /** Ends all connections and accepts no new ones. */
  cut(): Promise<void>;
  /** Connections stay open, but nothing passes. */
  freeze(): void;
  mend(): Promise<void>;
  close(): Promise<void>;
};

export async function layWire(targetUrl: string): Promise<CutWire> {
  const target = new URL(targetUrl);
  const ends = new Set<Socket>();
  let isFrozen = false;
  let server: Server | undefined;
  let port = 0;

  const join = (near: Socket): void => {
    const far = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(from);
      from.on('data', (chunk) => void to.write(chunk));
      from.on('close', () => {
        ends.delete(from);
        to.destroy();
      });
      from.on('error', () => {});
      if (isFrozen) from.pause();
    }
  };
  const listen = async (): Promise<void> => {
    const opened = createServer(join);
    await new Promise<void>((resolve, reject) => {
      opened.once('error', reject);
      opened.listen(port, '127.0.0.1', resolve);
    });
    const address = opened.address();
    port = typeof address === 'object' && address !== null ? address.port : port;
    server = opened;
  };
  const cut = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    for (const end of ends) end.destroy();
    await new Promise<void>((resolve) => (closing === undefined ? resolve() : closing.close(() => resolve())));
  };

  await listen();
  const own = new URL(targetUrl);
  own.hostname = '127.0.0.1';
  own.port = String(port);
  return {
    url: own.href,
    cut,
    freeze: () => {
      isFrozen = true;
      for (const end of ends) end.pause();
    },
    mend: async () => {
      isFrozen = false;
      for (const end of ends) end.resume();
      if (server === undefined) await listen();
    },
    close: cut,
  };
}
