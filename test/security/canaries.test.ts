import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoPassword } from '../../drizzle/seed/seed-accounts.ts';
import { createLog } from '../../src/platform/log.ts';
import { registry } from '../../src/platform/metrics.ts';
import { type WholeService, startWholeService } from '../../testkit/processes/whole-service.ts';
import { watchCommands } from '../../testkit/services/redis-monitor.ts';
import { until } from '../../testkit/until.ts';

/**
 * A whole purchase with marked names, addresses, passwords and tokens (S48, S50, promise 10). Everything that the
 * service wrote meanwhile is searched for the marks: logs, metrics, all commands to Redis, payloads of jobs, and every
 * column of every table.
 */

const typed = {
  name: 'Kanariku Burungbiru',
  email: 'kanariku.burungbiru@example.test',
  phone: '81298760543',
  correctedEmail: 'kanariku.kedua@example.test',
  staffName: 'Sandikala Kenari',
  staffEmail: 'sandikala@example.test',
  wrongPassword: 'kata-sandi-kanari-9481',
  note: 'Catatan kanari tujuh',
  idempotencyKey: `kanari-${randomUUID()}`,
};

/** Where personal data is kept on purpose, and in clear. Every other column is free of it. */
const columnsInClear: Readonly<Record<string, string>> = {
  'orders.buyer_name': 'tickets and mails address the buyer by name',
  'orders.buyer_email': 'tickets are sent there',
  'orders.buyer_phone': 'messages are sent there',
  'order_searches.name': 'the desk finds orders by name',
  'order_searches.contact': 'the desk finds orders by email and phone',
  'order_notes.text': 'what staff wrote',
  'staff.name': 'members know each other by name',
  'staff.email': 'members sign in by it',
};

let world: WholeService;
let monitors: { end(): void }[];
const logged: string[] = [];
const redisCommands: string[] = [];
const answers: { path: string; cacheControl: string; text: string }[] = [];
const secrets: Record<string, string> = {};
let sql: postgres.Sql;

beforeAll(async () => {
  const output = { write: (line: string) => void logged.push(line) };
  world = await startWholeService(createLog({ level: 'trace', process: 'test', output }));
  sql = postgres(world.directUrl, { max: 1, onnotice: () => {} });
  await sql`create table staged as select * from outbox limit 0`;
  await sql.unsafe(`
    create function keep_staged() returns trigger language plpgsql security definer as
      $$ begin insert into staged select new.*; return null; end $$;
    create trigger keep_staged after insert on outbox for each row execute function keep_staged();`);
  monitors = await Promise.all([world.config.REDIS_CACHE_URL, world.config.REDIS_QUEUE_URL].map(watchRedis));
  await journey();
}, 120_000);
afterAll(async () => {
  for (const monitor of monitors ?? []) monitor.end();
  await sql?.end();
  await world?.close();
});

async function watchRedis(url: string): Promise<{ end(): void }> {
  const client = new Redis(url);
  const own = new URL(url).pathname.slice(1);
  const watch = await watchCommands(client, ({ args, database }) => {
    if (database === own) redisCommands.push(args.join(' '));
  });
  client.disconnect();
  return watch;
}

type Sent = { as?: string | undefined; body?: unknown; headers?: Record<string, string> };

async function send(method: string, path: string, { as, body, headers = {} }: Sent = {}) {
  const response = await fetch(`${world.url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  answers.push({ path, cacheControl: response.headers.get('cache-control') ?? '', text });
  const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, string>;
  return { status: response.status, text, json };
}

/** Everything that a purchase involves, with the mistakes that people make on the way. */
async function journey(): Promise<void> {
  const { event } = world;
  const desk = `/v1/organizers/${event.organizer.slug}`;
  const owner = await signIn();
  const buyer = { name: typed.name, email: typed.email, phone: `+62${typed.phone}` };
  await send('POST', `${desk}/staff`, {
    as: owner,
    body: { email: typed.staffEmail, name: typed.staffName, role: 'door' },
  });
  secrets['API key'] =
    (
      await send('POST', `${desk}/api-keys`, {
        as: owner,
        body: { name: 'Shop', role: 'manager', scopes: ['orders.read'] },
      })
    ).json['key'] ?? '';
  const device = await send('POST', `${desk}/devices`, { as: owner, body: { eventId: event.id, name: 'North' } });
  secrets['device token'] = device.json['token'] ?? '';
  await send('POST', '/v1/password-resets', { body: { email: typed.staffEmail } });
  await send('POST', '/v1/buyers/verifications', { body: { email: typed.email, eventSlug: event.slug } });

  const lines = [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }];
  const order = { eventSlug: event.slug, buyer, lines };
  const headers = { 'idempotency-key': typed.idempotencyKey };
  await send('POST', '/v1/orders', { headers, body: { ...order, buyer: { ...buyer, email: `${typed.email}@` } } });
  await send('POST', '/v1/orders', { headers, body: { ...order, [typed.name]: typed.email } });
  const placed = await send('POST', '/v1/orders', { headers, body: order });
  expect(placed.status, placed.text).toBe(201);
  await send('POST', '/v1/orders', { headers, body: order });
  const { id = '', accessToken: as = '', code = '' } = placed.json;
  secrets['order token'] = as;
  const ofOrder = `/v1/orders/${id}`;
  await send('POST', `${ofOrder}/session`, { as });
  await send('GET', `${ofOrder}?token=${as}`);
  await send('GET', `/orders/${id}`, { headers: { accept: 'text/html' } });
  await send('POST', '/v1/orders/lookups', { body: { email: typed.email, code } });
  const pays = async () => {
    await fetch(`${world.sandboxUrl}/control/pay-all`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"method":"qris"}',
    });
    return (await send('GET', ofOrder, { as })).json['status'] === 'paid';
  };
  await until(pays);
  const tickets = await send('GET', `${ofOrder}/tickets`, { as });
  secrets['ticket code'] = (JSON.parse(tickets.text) as { data: { code: string }[] }).data[0]?.code ?? '';
  await until(async () => (await inbox(typed.email)).length > 1);

  const ofDesk = `${desk}/orders/${id}`;
  await send('POST', `${desk}/order-searches`, { as: owner, body: { q: typed.name } });
  await send('POST', `${ofDesk}/notes`, { as: owner, body: { text: typed.note } });
  await send('PATCH', `${ofDesk}/buyer`, { as: owner, body: { email: typed.correctedEmail } });
  for (const path of ['', '/story', '/deliveries']) await send('GET', `${ofDesk}${path}`, { as: owner });
  await send('GET', `${desk}/events/${event.id}/attendees`, { as: owner });
  await send('POST', '/v1/check-ins', {
    as: secrets['device token'],
    body: { eventId: event.id, code: secrets['ticket code'], scanId: 'scan-of-canary' },
  });
  for (const path of ['', '/availability', '/ticket-categories']) await send('GET', `/v1/events/${event.slug}${path}`);
  await until(async () => (await inbox(typed.correctedEmail)).length > 0);
  await until(async () => (await sql`select 1 from outbox where available_at < now()`).length === 0);
}

async function signIn(): Promise<string> {
  const email = 'owner@demo.test';
  await send('POST', '/v1/sessions', { body: { email, password: typed.wrongPassword } });
  const { json, text } = await send('POST', '/v1/sessions', { body: { email, password: demoPassword } });
  secrets['session token'] = json['accessToken'] ?? text;
  return secrets['session token'];
}

async function inbox(to: string): Promise<unknown[]> {
  const response = await fetch(`${world.sandboxUrl}/inbox?to=${encodeURIComponent(to)}`);
  return ((await response.json()) as { data: unknown[] }).data;
}

/** The marks that a text contains, by name. JSON escapes no letter of theirs. */
function marksIn(text: string): string[] {
  const plain = text.toLowerCase();
  return Object.entries({ ...typed, ...secrets, demoPassword })
    .filter(([, mark]) => plain.includes(mark.toLowerCase()) || plain.includes(encodeURIComponent(mark).toLowerCase()))
    .map(([name]) => name);
}

const found = (texts: readonly string[]) =>
  texts.flatMap((text) => marksIn(text).map((mark) => `${mark}: ${text.slice(0, 300)}`));

describe('after a purchase with marked data', () => {
  test('every mark was in use, and the search finds marks', () => {
    for (const [name, mark] of Object.entries(secrets)) expect([name, mark.length > 15]).toEqual([name, true]);
    expect(marksIn(JSON.stringify(answers))).toEqual(
      expect.arrayContaining([
        'name',
        'email',
        'phone',
        'correctedEmail',
        'staffName',
        'note',
        'order token',
        'ticket code',
      ]),
    );
  });

  test('no log line has one', () => {
    expect(logged.length).toBeGreaterThan(20);
    expect(found(logged)).toEqual([]);
  });

  test('no metric has one', async () => {
    expect(found([await registry.metrics()])).toEqual([]);
  });

  test('nothing that was sent to Redis has one: keys, cached answers, live messages, jobs', () => {
    expect(redisCommands.filter((command) => /bull|antre/i.test(command)).length).toBeGreaterThan(20);
    expect(found(redisCommands)).toEqual([]);
  });

  test('no payload of a job has one', async () => {
    const staged = (await sql`select name, payload::text as payload from staged`) as unknown as {
      name: string;
      payload: string;
    }[];
    expect(new Set(staged.map(({ name }) => name)).size).toBeGreaterThan(3);
    expect(found(staged.map(({ payload }) => payload))).toEqual([]);
  });

  test('no answer that a cache may keep has one', () => {
    const kept = answers.filter(({ cacheControl }) => !/no-store|private/.test(cacheControl));
    expect(kept.map(({ path }) => path)).toContain(`/v1/events/${world.event.slug}`);
    expect(found(kept.map(({ path, text }) => `${path} ${text}`))).toEqual([]);
  });

  test('no column has one but those that are there for it', async () => {
    const columns = (await sql`
      select table_name as "table", column_name as "column" from information_schema.columns
      where table_schema = 'public' and table_name in (select relname from pg_class where relkind = 'r')`) as unknown as {
      table: string;
      column: string;
    }[];
    const inClear: string[] = [];
    for (const { table, column } of columns) {
      const [row] = await sql`select string_agg(${sql(column)}::text, ' ') as text from ${sql(table)}`;
      if (marksIn(String(row?.['text'] ?? '')).length > 0) inClear.push(`${table}.${column}`);
    }
    expect(inClear.toSorted()).toEqual(Object.keys(columnsInClear).toSorted());
  });
});
