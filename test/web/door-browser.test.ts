import { Hono } from 'hono';
import postgres from 'postgres';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newCredential } from '../../src/access/credentials/credential.ts';
import { createApp } from '../../src/app.ts';
import { type Serving, serve } from '../../src/http/server/serve.ts';
import { newId } from '../../src/platform/ids.ts';
import { webRoutes } from '../../src/web/routes.ts';
import { launchBrowser } from '../../testkit/processes/browser.ts';
import { type DoorEvent, addDoorEvent, addTickets } from '../../testkit/check-in/door-event.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';

describe('the door in a browser', () => {
  let running: TestService;
  let server: Serving;
  let browser: Browser;
  let sql: postgres.Sql;
  let event: DoorEvent;
  let token: string;
  let origin: string;

  beforeAll(async () => {
    running = await startTestService({ PUBLIC_URL: 'http://127.0.0.1' });
    const api = createApp(running.service);
    const pages = new Hono().route('/', webRoutes(running.service));
    server = await serve(
      {
        take: api.take,
        fetch: (request, ...rest) =>
          new URL(request.url).pathname.startsWith('/v1/') ? api.fetch(request, ...rest) : pages.fetch(request),
      },
      { host: '127.0.0.1', port: 0, reusePort: false },
    );
    origin = `http://127.0.0.1:${server.port}`;
    sql = postgres(running.directUrl, { max: 1 });
    event = await addDoorEvent(sql);
    const { text, hash } = newCredential('device', running.service.config);
    token = text;
    await sql`insert into devices (id, organizer_id, event_id, name, token_hash, created_by, responsible_id)
      values (${newId('dev')}, ${event.organizerId}, ${event.eventId}, 'Gate', ${hash}, 'test', 'test')`;
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await sql?.end();
    await server?.close();
    await running?.close();
  });

  const startScanning = async (page: Page) => {
    await page.goto(`${origin}/door?lang=en`);
    await page.click('details.promo summary');
    await page.fill('#deviceToken', token);
    await page.click('#device-submit');
    await page.click('#choice-submit:not([disabled])');
    await page.waitForSelector('#scanner:not([hidden])');
  };
  const ticketCode = async () => (await addTickets(sql, event, 1))[0]?.code ?? '';
  const admitted = (page: Page, count: number) => page.waitForSelector(`#count-here:text-is("${count}")`);

  test('a keyboard scanner may end with Tab, Enter, both or nothing, with the focus anywhere', async () => {
    const page = await browser.newPage();
    await startScanning(page);
    let count = 0;
    for (const focus of ['#code', 'body'] as const) {
      for (const end of [['Tab'], ['Enter'], ['Tab', 'Enter'], ['Enter', 'Enter'], []]) {
        if (focus === '#code') await page.focus('#code');
        else await page.evaluate('document.activeElement.blur()');
        await page.keyboard.type(`]Q3${(await ticketCode()).toLowerCase()}`, { delay: 2 });
        for (const key of end) await page.keyboard.press(key);
        count += 1;
        await admitted(page, count);
        expect(await page.textContent('#answer-title')).toBe('Come in');
        expect(await page.inputValue('#code')).toBe('');
      }
    }
    const kept = await sql`select distinct device_id from scans where event_id = ${event.eventId}`;
    expect(kept).toEqual([{ device_id: await page.evaluate("localStorage.getItem('antre.door.device')") }]);
    await page.close();
  });

  test('a slow keyboard scanner is read completely', async () => {
    const page = await browser.newPage();
    await startScanning(page);
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.type(await ticketCode(), { delay: 150 });
    await admitted(page, 1);
    await page.close();
  });
});
