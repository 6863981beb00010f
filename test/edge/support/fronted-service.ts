import { type AddressInfo, createServer } from 'node:net';
import { createApp } from '../../../src/app.ts';
import { type Served, type Serving, serve } from '../../../src/http/server/serve.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';
import { type TestEdge, startTestEdge } from './start-edge.ts';

/** A request as the API sees it. */
export type Arrived = { readonly method: string; readonly target: string; readonly headers: Headers };

/** The real API behind the real edge, with a witness between them. */
export type FrontedService = TestService & {
  readonly edge: TestEdge;
  /** Every request that reached the API, in order. */
  readonly arrived: Arrived[];
  /** Those whose path begins like this. */
  arrivedAt(path: string): Arrived[];
  /** Takes the API off its port; `wake` brings it back. */
  sleep(): Promise<void>;
  wake(): Promise<void>;
};

export async function startFrontedService(
  options: { environment?: Record<string, string>; requestsPerSecond?: number } = {},
): Promise<FrontedService> {
  const test = await startTestService({ TRUSTED_PROXIES: '127.0.0.1', ...options.environment });
  const app = createApp(test.service);
  const arrived: Arrived[] = [];
  const witnessed: Served = {
    take: (incoming, outgoing) => {
      const isTaken = app.take(incoming, outgoing);
      const headers = new Headers(
        Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        ),
      );
      if (isTaken) arrived.push({ method: incoming.method ?? '', target: incoming.url ?? '', headers });
      return isTaken;
    },
    fetch: (request, ...rest) => {
      const { pathname, search } = new URL(request.url);
      arrived.push({ method: request.method, target: `${pathname}${search}`, headers: new Headers(request.headers) });
      return app.fetch(request, ...rest);
    },
  };
  const apiPort = await somePort();
  const listen = () => serve(witnessed, { host: '127.0.0.1', port: apiPort, reusePort: false });
  let serving: Serving | undefined = await listen();
  const sleep = async () => {
    await serving?.close();
    serving = undefined;
  };
  try {
    const edge = await startTestEdge({ apiPort, requestsPerSecond: options.requestsPerSecond ?? 100_000 });
    return {
      ...test,
      edge,
      arrived,
      arrivedAt: (path) => arrived.filter(({ target }) => target.startsWith(path)),
      sleep,
      wake: async () => {
        serving = await listen();
      },
      close: async () => {
        await edge.close();
        await sleep();
        await test.close();
      },
    };
  } catch (error) {
    await sleep();
    await test.close();
    throw error;
  }
}

async function somePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
