import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createHotRoutes } from '../../../src/http/hot-path/hot-routes.ts';
import { serve } from '../../../src/http/server/serve.ts';
import { registry } from '../../../src/platform/metrics.ts';
import { problems } from '../../../src/problems.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

async function inFlight(): Promise<number> {
  const { values } = (await registry.getSingleMetric('antre_http_requests_in_flight')?.get()) ?? { values: [] };
  return values[0]?.value ?? 0;
}

/** Guards that a client that hangs up while its limit is checked leaves nothing behind on the hot path. */
test.each([0, 300])(
  'a client that hangs up while a limit is asked (%i ms) leaves nothing in flight',
  async (decideMs) => {
    const hot = createHotRoutes({
      routes: [
        {
          method: 'POST',
          route: '/hot',
          match: (path) => (path === '/hot' ? '' : undefined),
          answer: async (request) => ({ status: 200, body: String((await request.bytes(1000)).length) }),
        },
      ],
      decide: async () => {
        await pause(decideMs);
        return {};
      },
      log: silentLog,
      problems,
      crossOrigin: () => undefined,
    });
    const server = await serve(
      { take: hot.take, fetch: () => new Response('no') },
      {
        host: '127.0.0.1',
        port: 0,
        reusePort: false,
      },
    );
    const before = await inFlight();
    for (let client = 0; client < 5; client += 1) {
      const socket = connect(server.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write('POST /hot HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345');
      await pause(100);
      socket.destroy();
    }
    await pause(2 * decideMs);
    await expect.poll(inFlight).toBe(before);
    await server.close();
  },
);
