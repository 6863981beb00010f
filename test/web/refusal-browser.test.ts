import { expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { serve } from '../../src/http/server/serve.ts';
import { newOrderId } from '../../src/platform/ids.ts';
import { openBrowser } from '../../testkit/processes/browser.ts';
import { startTestService } from '../../testkit/processes/service.ts';

/** Guards that a page that was refused for now loads again by itself, and keeps the secret of its address. */

test.each([true, false])(
  'a page that was refused twice is there a moment later (script: %s)',
  async (javaScriptEnabled) => {
    const world = await startTestService();
    const { decide, traffic } = world.service;
    let refused = 0;
    const app = createApp({
      ...world.service,
      decide: (asked, route) => {
        if (route?.startsWith('/orders/') !== true || refused === 2) return decide(asked, route);
        refused += 1;
        return { refusal: traffic.refusals.overloaded(1) };
      },
    });
    const server = await serve(app, { host: '127.0.0.1', port: 0, reusePort: false });
    const browser = await openBrowser();
    try {
      const page = await (await browser.newContext({ javaScriptEnabled, locale: 'en-GB' })).newPage();
      // Without script an address with a secret does not load again: its page needs script, too.
      const address = `http://127.0.0.1:${server.port}/orders/${newOrderId('evt_7K3M9XQ2')}${javaScriptEnabled ? '#secret' : ''}`;
      const asked = javaScriptEnabled ? page.waitForRequest(/\/v1\/orders\/ord_/) : undefined;
      expect((await page.goto(address))?.status()).toBe(503);
      await page.getByRole('heading', { name: 'One moment' }).waitFor();
      await page.locator('script[src*="/order-"]').waitFor({ state: 'attached' });
      expect(refused).toBe(2);
      // The second wait was longer.
      if (javaScriptEnabled)
        expect(JSON.parse(await page.evaluate(`sessionStorage.getItem('antre.again')`)).count).toBe(1);
      // The order's script takes the secret from the address, sends it, and learns that it is not valid.
      if (javaScriptEnabled) expect((await asked)?.headers()['authorization']).toBe('Bearer secret');
    } finally {
      await browser.close();
      await server.close();
      await world.close();
    }
  },
);
