import { Hono } from 'hono';
import { createApp } from '../../../src/app.ts';
import { serve } from '../../../src/http/server/serve.ts';
import { webRoutes } from '../../../src/web/routes.ts';
import { type TestBrowser, openBrowser } from '../../../testkit/processes/browser.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** The pages and the API on one origin, and a browser. Pages go past traffic control, so that a test's many visits are not limited. */
export type PageWorld = {
  readonly running: TestService;
  readonly browser: TestBrowser;
  readonly origin: string;
  close(): Promise<void>;
};

export async function openPageWorld(environment: Record<string, string> = {}): Promise<PageWorld> {
  const running = await startTestService({ PUBLIC_URL: 'http://127.0.0.1', ...environment });
  const api = createApp(running.service);
  const pages = new Hono().route('/', webRoutes(running.service));
  const server = await serve(
    {
      take: api.take,
      fetch: (request, ...rest) =>
        new URL(request.url).pathname.startsWith('/v1/') ? api.fetch(request, ...rest) : pages.fetch(request),
    },
    { host: '127.0.0.1', port: 0, reusePort: false },
  );
  const browser = await openBrowser();
  return {
    running,
    browser,
    origin: `http://127.0.0.1:${server.port}`,
    close: async () => {
      await browser.close();
      await server.close();
      await running.close();
    },
  };
}
