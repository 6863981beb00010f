import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorRoutes } from '../../../src/operator-routes.ts';
import { switchNames } from '../../../src/traffic-control/switches/tables.ts';
import { operatorWords } from '../../../src/web/i18n/words/operator.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent, createOrganizer } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** Guards the operator's pages: what they show and do, and that nobody else opens or sends them. */

const token = 'test-only-operations-token-0123456789';
const origin = 'http://127.0.0.1:9100';
const password = (text: string) => `Basic ${Buffer.from(`operator:${text}`).toString('base64')}`;

let api: TestService;
let routes: NonNullable<ReturnType<typeof operatorRoutes>>;
beforeAll(async () => {
  api = await startTestService({ OPERATIONS_TOKEN: token });
  const found = operatorRoutes(api.service);
  if (found === undefined) throw new Error('no token');
  routes = found;
});
afterAll(() => api?.close());

async function open(path: string, headers: Record<string, string> = {}) {
  const response = await routes.request(`${origin}${path}`, {
    headers: { authorization: password(token), ...headers },
  });
  return { status: response.status, html: await response.text(), headers: response.headers };
}

async function send(path: string, fields: Record<string, string>, headers: Record<string, string> = { origin }) {
  const response = await routes.request(`${origin}${path}`, {
    method: 'POST',
    headers: { authorization: password(token), 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  });
  return { status: response.status, html: await response.text(), location: response.headers.get('location') };
}

const db = () => api.service.db;

describe('the pages', () => {
  it.each(['/operator', '/operator/dead-letters', '/operator/organizers'])(
    '%s opens with the token alone',
    async (path) => {
      for (const authorization of ['', password('wrong'), `Bearer ${token}`]) {
        const refused = await open(path, { authorization });
        expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
          401,
          expect.stringContaining('Basic'),
        ]);
      }
      const [english, indonesian] = [await open(`${path}?lang=en`), await open(`${path}?lang=id`)];
      expect([english.status, indonesian.status]).toEqual([200, 200]);
      expect(english.html).toContain('lang="en"');
      expect(indonesian.html).toContain('lang="id"');
      expect(english.headers.get('cache-control')).toBe('no-store');
      const style = /href="(\/web\/[^"]+\.css)"/.exec(english.html)?.[1] ?? '';
      expect((await open(style)).headers.get('content-type')).toContain('text/css');
    },
  );

  it('accept no form from another site, although browsers send its requests with the password', async () => {
    const fields = { act: 'turn', name: 'close_sales', on: 'on', reason: 'test', by: 'Sari' };
    for (const headers of [{}, { origin: 'https://elsewhere.example' }, { origin, 'sec-fetch-site': 'cross-site' }]) {
      expect((await send('/operator', fields, headers as Record<string, string>)).status).toBe(403);
    }
    expect(await rowsOf(db(), sql`select from switches where is_on`)).toEqual([]);
  });
});

describe('switches', () => {
  it('are explained in both languages', () => {
    for (const { meaning, switchNames: names } of Object.values(operatorWords)) {
      expect([Object.keys(meaning), Object.keys(names)]).toEqual([[...switchNames], [...switchNames]]);
    }
  });

  it('are turned on for one event with a reason, and listed with it', async () => {
    const event = await createEvent(db());
    const turned = { act: 'turn', name: 'close_sales', on: 'on', event: event.id, reason: '<b>count</b>', by: 'Sari' };
    expect(await send('/operator?lang=en', turned)).toMatchObject({
      status: 303,
      location: '/operator?lang=en&done=turned',
    });
    const { html } = await open('/operator?lang=en');
    expect(html).toContain('&lt;b&gt;count&lt;/b&gt;');
    expect(html).toContain('Sari');
    expect(html).toContain('Close sales <code class="code">close_sales</code>');
    expect(api.service.switches.isOn('close_sales', event.id)).toBe(true);
    expect((await open('/operator?lang=en&done=turned')).html).toContain('The switch is turned.');
    // The way back is a link to the form, filled in.
    const back = /href="([^"]+)#turn"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const form = (await open(back)).html;
    expect(form).toContain('<option value="off" selected>');
    expect(form).toContain(`value="${event.slug}"`);
    await send('/operator', { ...turned, on: 'off' });
    expect(api.service.switches.isOn('close_sales', event.id)).toBe(false);
  });

  it('show why a switch could not be turned, and keep what was typed', async () => {
    const refused = await send('/operator?lang=en', {
      act: 'turn',
      name: 'close_sales',
      on: 'on',
      reason: '',
      by: 'Sari',
    });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.html).toContain('role="alert"');
    expect(refused.html).toContain('value="Sari"');
  });
});

describe('dead letters', () => {
  it('are listed, shown, replayed and discarded', async () => {
    await db().execute(sql`insert into dead_letters (outbox_id, name, payload, failure, staged_at)
      select n, 'delivery.send', jsonb_build_object('deliveryId', 'dlv_' || n), 'TypeError', now() from generate_series(1, 3) n`);
    const list = await open('/operator/dead-letters?lang=en');
    expect(list.html).toContain('<option value="delivery.send">');
    const [third = '', second = ''] = [...list.html.matchAll(/\/operator\/dead-letters\/(\d+)/g)].map(([, id]) => id);
    expect((await open(`/operator/dead-letters/${third}`)).html).toContain('dlv_3');
    expect((await send(`/operator/dead-letters/${third}`, { act: 'replay' })).status).toBe(303);
    expect((await send(`/operator/dead-letters/${second}`, { act: 'discard' })).status).toBe(303);
    expect((await open(`/operator/dead-letters/${second}`)).status).toBe(404);
    expect((await send('/operator/dead-letters', { act: 'replayAll', name: 'delivery.send' })).status).toBe(303);
    const staged = await rowsOf<{ id: string }>(
      db(),
      sql`select payload ->> 'deliveryId' as id from outbox where name = 'delivery.send' order by 1`,
    );
    expect(staged.map(({ id }) => id)).toEqual(['dlv_1', 'dlv_3']);
    expect((await open('/operator/dead-letters?lang=en&done=replayed')).html).toMatch(/Replayed\.[^]*No dead letters/);
  });
});

describe('organizers', () => {
  it('are created with a link for their owner, which is shown once; a member gets a new link', async () => {
    const fields = {
      act: 'create',
      name: 'Senja Live',
      slug: 'senja-live',
      ownerName: 'Sari',
      ownerEmail: 'sari@senja.example',
      locale: 'id',
    };
    const made = await send('/operator/organizers?lang=en', fields);
    expect(made.status).toBe(200);
    const link = /<code class="secret">([^<]+)<\/code>/.exec(made.html)?.[1];
    expect(link).toMatch(/#token=/);
    const list = await open('/operator/organizers?lang=en');
    expect(list.html).toContain('senja-live');
    expect(list.html).toContain('Invitation not accepted');
    expect(list.html).not.toContain('#token=');
    const taken = await send('/operator/organizers?lang=en', fields);
    expect(taken.status).toBe(409);
    const again = await send('/operator/organizers?lang=en', {
      act: 'link',
      slug: 'senja-live',
      email: 'sari@senja.example',
    });
    expect(again.html).toContain('#token=');
    expect(again.html).not.toContain(link);
    const unknown = await send('/operator/organizers', {
      act: 'link',
      slug: 'senja-live',
      email: 'nobody@senja.example',
    });
    expect(unknown.status).toBe(404);
  });

  it('are listed by pages of 50, each with the way to the next and back to the first', async () => {
    for (let number = 0; number < 51; number += 1) await createOrganizer(db());
    const { html } = await open('/operator/organizers?lang=en');
    expect(html).not.toContain(firstPage);
    const next = /<a rel="next" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect((await open(next)).html).toContain(firstPage);
  });
});

const firstPage = '<a href="/operator/organizers?lang=en">Back to the start</a>';
