import { type SQL, sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueDocumentSchema } from '../../../src/waiting-room/schemas.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { type OwnRedis, startOwnRedis } from '../../../testkit/services/own-redis.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';
import { createDrawnRoom } from '../support/drawn-room.ts';

/** Guards the room's promise 4: one document for all, and no call to Redis or Postgres per reader. */

let own: OwnRedis;
let api: TestService;
let admin: postgres.Sql;
let redis: Redis;
beforeAll(async () => {
  own = await startOwnRedis();
  api = await startTestService({ REDIS_CACHE_URL: own.url });
  admin = postgres(api.directUrl, { max: 1, onnotice: () => {} });
  redis = new Redis(own.url);
});
afterAll(async () => {
  redis.disconnect();
  await admin.end();
  await api.close();
  await own.close();
});

const read = async (event: TestEvent) => {
  const response = await api.fetch(`/v1/events/${event.slug}/queue`);
  return { response, body: queueDocumentSchema.parse(await response.json()) };
};

/** The number of calls to the two servers since they started. */
async function questions() {
  const [row] = await admin<{ calls: number }[]>`
    select coalesce(sum(calls), 0)::float8 as calls from pg_stat_statements s
    join pg_database d on d.oid = s.dbid where d.datname = current_database()`;
  const commands = /total_commands_processed:(\d+)/.exec(await redis.info('stats'))?.[1];
  return { postgres: row?.calls ?? 0, redis: Number(commands) };
}

describe('the queue document', () => {
  it('gives the calendar the time in which places join the draw, since the opening of the sale is too late for it', async () => {
    const event = await createEvent(api.service.db);
    await createDrawnRoom(api.service.db, event, { frozen: 1, late: 0, serving: 0, rate: 1 });
    const saleOf = async (phase: string) => {
      const frozen = phase === 'open' ? 1 : null;
      await api.service.db.execute(
        sql`update waiting_rooms set phase = ${phase}, frozen_places = ${frozen} where event_id = ${event.id}`,
      );
      await api.service.cachedReads.changed([`evt:${event.id}`, `queue:${event.id}`]);
      return (await api.fetch(`/v1/events/${event.slug}/calendar/sale-en.ics`)).text();
    };
    const { preQueueOpensAt, freezesAt } = (await read(event)).body;
    const [starts, ends] = [preQueueOpensAt, freezesAt].map((time) => time.replace(/[-:]|\.\d{3}/g, ''));
    const before = await saleOf('pre_queue');
    for (const line of [`DTSTART:${starts}`, `DTEND:${ends}`, 'SUMMARY:The line for tickets opens: Senja di Selatan'])
      expect(before).toContain(`${line}\r\n`);
    expect(before.replaceAll('\r\n ', '')).toContain(`/events/${event.slug}/queue\r\n`);
    const page = async () => (await api.fetch(`/events/${event.slug}/queue?lang=en`)).text();
    await expect.poll(page, { timeout: 5000 }).toContain(`/v1/events/${event.slug}/calendar/sale-en.ics`);
    await expect.poll(() => saleOf('open')).toContain('SUMMARY:Ticket sale opens: Senja di Selatan\r\n');
  });

  it('has everything that a waiting buyer needs, and no personal data', async () => {
    const event = await createEvent(api.service.db);
    await createDrawnRoom(api.service.db, event, { frozen: 50, late: 10, serving: 12.5, rate: 4 });
    const { response, body } = await read(event);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toMatch(/public, max-age=1,/);
    expect(response.headers.get('cdn-cache-control')).toMatch(/stale-while-revalidate=5, stale-if-error=60/);
    expect(body).toMatchObject({
      phase: 'open',
      isLate: false,
      isPaused: false,
      places: 60,
      ratePerSecond: 4,
      lapsedBelow: 0,
      stock: 'many',
      turnSeconds: 300,
      draw: { number: 1, state: 'drawn', frozenPlaces: 50 },
    });
    expect(body.serving).toBeGreaterThanOrEqual(12.5);
    expect(body.serving).toBeLessThanOrEqual(16.5);
    expect(body.draw?.drawKey).toMatch(/^[0-9a-f]{64}$/);
    expect(Math.abs(Date.parse(body.serverTime) - Date.now())).toBeLessThan(5000);
    expect(JSON.stringify(body)).not.toMatch(/account|email|phone/i);
  });

  it('follows a pushed change at once, and any other within a second', async () => {
    const event = await createEvent(api.service.db);
    await createDrawnRoom(api.service.db, event, { phase: 'drawing' });
    expect((await read(event)).body.phase).toBe('drawing');
    await api.service.db.execute(
      sql`update waiting_rooms set phase = 'open', serving_at = now() where event_id = ${event.id}`,
    );
    await api.service.changeQueue(event.id);
    expect((await read(event)).body.phase).toBe('open');
    await api.service.db.execute(sql`update waiting_rooms set lapsed_below = 3 where event_id = ${event.id}`);
    const changedAt = performance.now();
    for (let askedMs = 0; (await read(event)).body.lapsedBelow !== 3; askedMs = performance.now() - changedAt) {
      expect(askedMs).toBeLessThan(1600);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  it('says when the draw is late, and when the room is over', async () => {
    const event = await createEvent(api.service.db);
    await createDrawnRoom(api.service.db, event, { phase: 'drawing' });
    expect((await read(event)).body.isLate).toBe(true);
    const ended = await createEvent(api.service.db);
    await createDrawnRoom(api.service.db, ended, { phase: 'over' });
    expect((await read(ended)).body).toMatchObject({ phase: 'over', isLate: false, pollSeconds: 60 });
    const draft = await createEvent(api.service.db, { event: { status: 'draft' } });
    await createDrawnRoom(api.service.db, draft);
    expect((await api.fetch(`/v1/events/${draft.slug}/queue`)).status).toBe(404);
  });

  it('says why nobody is called: a pause, closed sales, an operator’s switch, workers that are away, or no sale any more', async () => {
    const { db } = api.service;
    const calling = { isPaused: false, isSaleOver: false, ratePerSecond: 4 };
    const after = async (...changes: ((event: TestEvent) => SQL)[]) => {
      const event = await createEvent(db);
      await createDrawnRoom(db, event, { serving: 10, rate: 4 });
      for (const change of changes) await db.execute(change(event));
      const { isPaused, isSaleOver, ratePerSecond } = (await read(event)).body;
      return { isPaused, isSaleOver, ratePerSecond };
    };
    const set = (table: SQL, change: SQL) => (event: TestEvent) =>
      sql`update ${table} set ${change} where ${table === events ? sql`id` : sql`event_id`} = ${event.id}`;
    const [events, rooms, categories] = [sql`events`, sql`waiting_rooms`, sql`ticket_categories`];
    const turn = (name: string, until: SQL) => (event: TestEvent) =>
      sql`insert into switches (name, event_id, event_slug, is_on, until, reason, changed_by)
        values (${name}, ${event.id}, ${event.slug}, true, ${until}, 'a test', 'the tests')`;
    expect(await after()).toEqual(calling);
    const paused = { ...calling, isPaused: true };
    expect(await after(set(rooms, sql`paused = true, paused_at = now()`))).toEqual(paused);
    expect(await after(set(events, sql`sales = 'closed'`))).toEqual(paused);
    expect(await after(set(categories, sql`status = 'closed'`))).toEqual(paused);
    for (const name of ['close_sales', 'browse_only']) {
      expect(await after(turn(name, sql`null`))).toEqual(paused);
      expect(await after(turn(name, sql`now() - interval '1 second'`))).toEqual(calling);
    }
    // Before the room opens, it is no news that nothing is on sale.
    const closed = set(categories, sql`status = 'closed'`);
    expect(await after(set(rooms, sql`phase = 'drawing', rate = 0`), closed)).toMatchObject({ isPaused: false });
    expect(await after(set(rooms, sql`serving_at = now() - interval '11 seconds'`))).toEqual({
      ...calling,
      ratePerSecond: 0,
    });
    expect(await after(set(events, sql`status = 'cancelled'`))).toMatchObject({ isSaleOver: true });
  });

  it('costs Redis and Postgres nothing per poll: forty thousand polls cause no more calls than none', async () => {
    const event = await createEvent(api.service.db);
    await createDrawnRoom(api.service.db, event, { serving: 10, rate: 5 });
    await read(event);
    const during = async (work: () => Promise<number>) => {
      const before = await questions();
      const polls = await work();
      const after = await questions();
      return { polls, postgres: after.postgres - before.postgres, redis: after.redis - before.redis };
    };
    const seconds = 3;
    const idle = await during(async () => {
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      return 0;
    });
    const polled = await during(async () => {
      const end = Date.now() + seconds * 1000;
      let polls = 0;
      while (Date.now() < end || polls < 40_000) {
        for (let at = 0; at < 200; at += 1) polls += (await read200(event)) ? 1 : 0;
        if (Date.now() > end + 20_000) break;
      }
      return polls;
    });
    expect(polled.polls).toBeGreaterThanOrEqual(40_000);
    // The document is made about once a second, with a few calls each time, however many read it.
    const made = 15 * (seconds + 20);
    expect(polled.postgres - idle.postgres).toBeLessThan(made);
    expect(polled.redis - idle.redis).toBeLessThan(made);
    expect((polled.postgres + polled.redis) / polled.polls).toBeLessThan(0.02);
  });
});

async function read200(event: TestEvent): Promise<boolean> {
  return (await api.fetch(`/v1/events/${event.slug}/queue`)).status === 200;
}
