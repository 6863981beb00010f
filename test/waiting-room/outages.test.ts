import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signBuyerToken } from '../../src/access/buyers/buyer-token.ts';
import type { OpenDb } from '../../src/platform/database/db.ts';
import { type DrawnRoom, indexAt, positionOf } from '../../src/waiting-room/draw/index.ts';
import { signPlaceToken } from '../../src/waiting-room/places/place-token.ts';
import { type ApiProcess, startApiProcess } from '../../testkit/processes/api-process.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { type OwnRedis, startOwnRedis } from '../../testkit/services/own-redis.ts';
import { openTestDb } from '../../testkit/orders/placing.ts';
import { createTestRedis } from '../../testkit/services/redis.ts';
import { accountKeyAt, createDrawnRoom } from './support/drawn-room.ts';
import { until } from '../../testkit/until.ts';

/** Guards the room's promise 3: nobody loses a place, or gets somebody else's, whatever is killed. */

const secret = 'test-only-queue-token-secret-0123456789';
const places = 60;
let database: TestDatabase;
let queues: Awaited<ReturnType<typeof createTestRedis>>;
let own: OwnRedis;
let open: OpenDb;
let api: ApiProcess;
let event: TestEvent;
let draw: DrawnRoom;

const startApi = () => startApiProcess({ databaseUrl: database.url, cacheUrl: own.url, queueUrl: queues.queueUrl });

beforeAll(async () => {
  [database, queues, own] = await Promise.all([createTestDatabase(), createTestRedis(), startOwnRedis()]);
  open = openTestDb(database.url);
  event = await createEvent(open.db);
  draw = await createDrawnRoom(open.db, event, { frozen: places - 10, late: 10, serving: 20 });
  api = await startApi();
});
afterAll(async () => {
  await api.kill();
  await open.close();
  await own.close();
  await queues.close();
  await database.close();
});

async function post(path: string, init: RequestInit) {
  const response = await api.fetch(path, { method: 'POST', ...init });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** The answers to everybody in line now: some join again, and some show the token. */
async function line(): Promise<string[]> {
  const answers = Array.from({ length: places }, async (_, index) => {
    const token = signBuyerToken(secret, { accountKey: accountKeyAt(index), until: new Date(Date.now() + 3_600_000) });
    const joined = await post(`/v1/events/${event.slug}/queue/places`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const shown = await post(`/v1/events/${event.slug}/queue/passes`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ placeToken: joined.body['placeToken'] }),
    });
    const outcome = shown.status === 201 ? 'passed' : `${shown.status} at ${String(shown.body['position'])}`;
    return `${joined.status} ${String(joined.body['index'])} ${outcome}`;
  });
  return Promise.all(answers);
}

const expected = () =>
  Array.from({ length: places }, (_, index) => {
    const position = positionOf(draw, index);
    return `200 ${index} ${position < 20 ? 'passed' : `403 at ${position}`}`;
  });

const knowsRoom = async () => (await api.fetch(`/v1/events/${event.slug}/queue`)).status === 200;

describe('a line of people', () => {
  it('is unchanged while Redis is dead, and after it has come back empty', async () => {
    await until(knowsRoom);
    expect(await line()).toEqual(expected());
    await own.kill();
    expect(await line()).toEqual(expected());
    expect(await knowsRoom()).toBe(true);
    await own.start();
    expect(await line()).toEqual(expected());
  });

  it('is unchanged when every API process is killed and another one starts', async () => {
    await api.kill();
    api = await startApi();
    await until(knowsRoom);
    expect(await line()).toEqual(expected());
  });

  it('is the same for a process that has never seen Redis', async () => {
    await api.kill();
    await own.kill();
    api = await startApi();
    expect(await line()).toEqual(expected());
    await own.start();
  });

  it('never gives the token of one place to another', async () => {
    const index = indexAt(draw, 3);
    const foreign = signPlaceToken(secret, {
      eventId: event.id,
      placeIndex: index,
      accountKey: accountKeyAt(index + 1),
    });
    // A forger of signatures would have a pass for nobody: the account must be the buyer's own when it is spent.
    const { status, body } = await post(`/v1/events/${event.slug}/queue/passes`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ placeToken: foreign }),
    });
    expect(status).toBe(201);
    expect(String(body['pass'])).toContain(accountKeyAt(index + 1));
    const [row] = (await open.db.execute(
      sql`select count(*)::int as rows from places where event_id = ${event.id}`,
    )) as unknown as { rows: number }[];
    expect(row?.rows).toBe(places);
  });
});
