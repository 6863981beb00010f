import { afterAll } from 'vitest';
import { createApp } from '../../src/app.ts';
import type { Service } from '../../src/compose.ts';
import { serve } from '../../src/http/server/serve.ts';
import { openBrowser } from '../processes/browser.ts';

/** For all tests of a file: a service on a port, and a browser. The file closes the service. */
export async function useBrowserOn(service: Service) {
  const server = await serve(createApp(service), { host: '127.0.0.1', port: 0, reusePort: false });
  const browser = await openBrowser();
  afterAll(async () => {
    await browser.close();
    await server.close();
  });
  return { browser, origin: `http://127.0.0.1:${server.port}` };
}
