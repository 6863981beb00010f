import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Db, type OpenDb, rowsOf, transaction } from '../../src/platform/db.ts';
import { job } from '../../src/platform/job.ts';
import {
  type StagedJob,
  deleteStagedJobs,
  leaseSeconds,
  leaseSecondsMax,
  leaseStagedJobs,
  outboxBacklog,
  releaseStagedJobs,
  stage,
  stageAll,
  stagedJobNames,
} from '../../src/platform/outbox.ts';
import { type TestDatabase, createTestDatabase } from '../support/database.ts';
import { openTestDb } from '../support/placing.ts';

/** Guards promise 5 where it begins: a job exists if and only if its transaction committed, and none is passed over. */

const noted = job({
  name: 'test.noted',
  payload: z.strictObject({ number: z.int() }),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 1000,
});
const other = { ...noted, name: 'test.other' };

let database: TestDatabase;
let open: OpenDb;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  open = openTestDb(database.url, 12);
  db = open.db;
});
beforeEach(() => db.execute(sql`delete from outbox`));
afterAll(async () => {
  await open.close();
  await database.close();
});

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const lease = (room = 1000) => leaseStagedJobs(db, [{ name: noted.name, room }]);
const numbersOf = (jobs: readonly StagedJob[]) =>
  jobs.map(({ payload }) => noted.payload.parse(payload).number).sort((one, two) => one - two);

describe('staging', () => {
  test('is part of the transaction: nothing before its commit, nothing without it', async () => {
    await transaction(db, async (tx) => {
      await stage(tx, noted, { number: 1 });
      expect(await lease()).toEqual([]);
    });
    await transaction(db, async (tx) => {
      await stageAll(tx, noted, [{ number: 2 }, { number: 3 }]);
      throw new Error('changed my mind');
    }).catch(() => {});
    expect(numbersOf(await lease())).toEqual([1]);
  });

  test('of nothing is nothing, and of later is later', async () => {
    await stageAll(db, noted, []);
    await stage(db, noted, { number: 1 }, { delaySeconds: 60 });
    expect(await lease()).toEqual([]);
    expect(await outboxBacklog(db)).toEqual({ jobs: 0, oldestSeconds: 0 });
    expect(await stagedJobNames(db)).toEqual([noted.name]);
  });
});

/** The reader that everybody writes first: what is above the last id that was seen. */
async function readAboveLast(last: { id: number }): Promise<number[]> {
  const rows = await rowsOf<{ id: string; number: number }>(
    db,
    sql`select id, (payload->>'number')::int as number from outbox where id > ${last.id} order by id`,
  );
  last.id = Math.max(last.id, ...rows.map(({ id }) => Number(id)));
  return rows.map(({ number }) => number);
}

/** Number 0 takes the lowest id and commits last, while 200 others are staged and delivered around it. */
async function slowWriterAmongFast(read: () => Promise<number[]>): Promise<number[]> {
  const slow = transaction(db, async (tx) => {
    await stage(tx, noted, { number: 0 });
    await sleep(400);
  });
  await sleep(30);
  const delivered: number[] = [];
  let writing = true;
  const relay = (async () => {
    while (writing) delivered.push(...(await read()));
  })();
  for (let first = 1; first <= 200; first += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, index) => stage(db, noted, { number: first + index })));
  }
  await slow;
  await sleep(30);
  writing = false;
  await relay;
  return [...delivered, ...(await read())].sort((one, two) => one - two);
}

const zeroTo200 = Array.from({ length: 201 }, (_, number) => number);

describe('a lower id that commits later (T62)', () => {
  test('is not passed over', async () => {
    const leaseAndDelete = async () => {
      const jobs = await lease();
      await deleteStagedJobs(
        db,
        jobs.map(({ id }) => id),
      );
      return numbersOf(jobs);
    };
    expect(await slowWriterAmongFast(leaseAndDelete)).toEqual(zeroTo200);
    expect(await rowsOf(db, sql`select 1 from outbox`)).toEqual([]);
  });

  test('control: a reader that remembers the highest id loses it', async () => {
    const last = { id: 0 };
    expect(await slowWriterAmongFast(() => readAboveLast(last))).not.toContain(0);
  });
});

describe('leases', () => {
  test('are given to one relay alone, of each kind at most its room, the longest due first', async () => {
    await stageAll(
      db,
      noted,
      zeroTo200.map((number) => ({ number })),
    );
    await stageAll(
      db,
      other,
      zeroTo200.map((number) => ({ number })),
    );
    const relays = await Promise.all(
      Array.from({ length: 8 }, () =>
        leaseStagedJobs(db, [
          { name: noted.name, room: 10 },
          { name: other.name, room: 5 },
        ]),
      ),
    );
    const all = relays.flat();
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const jobs of relays) {
      expect(jobs.filter(({ name }) => name === noted.name).length).toBeLessThanOrEqual(10);
      expect(jobs.filter(({ name }) => name === other.name).length).toBeLessThanOrEqual(5);
    }
    expect(all.length).toBeGreaterThanOrEqual(15);
    expect(await leaseStagedJobs(db, [])).toEqual([]);
    expect(await leaseStagedJobs(db, [{ name: noted.name, room: 0 }])).toEqual([]);
  });

  test('end by themselves, each time later, and count how often a job was handed over', async () => {
    await stage(db, noted, { number: 1 });
    const waits: number[] = [];
    for (let relays = 1; relays <= 10; relays += 1) {
      expect(await lease()).toMatchObject([{ relays }]);
      expect(await lease()).toEqual([]);
      const [row] = await rowsOf<{ seconds: number }>(
        db,
        sql`select extract(epoch from available_at - now())::float8 as seconds from outbox`,
      );
      waits.push(Math.round(row?.seconds ?? 0));
      await db.execute(sql`update outbox set available_at = now()`);
    }
    expect(waits.slice(0, 4)).toEqual([leaseSeconds, 2 * leaseSeconds, 4 * leaseSeconds, 8 * leaseSeconds]);
    expect(waits.at(-1)).toBe(leaseSecondsMax);
  });

  test('that the queue did not take are given back as if nothing had been', async () => {
    await stage(db, noted, { number: 1 });
    const [first] = await lease();
    await releaseStagedJobs(db, [first?.id ?? ''], 0);
    await releaseStagedJobs(db, [], 0);
    expect(await lease()).toMatchObject([{ id: first?.id, relays: 1 }]);
  });

  test('the backlog is what is due and waits', async () => {
    await stageAll(db, noted, [{ number: 1 }, { number: 2 }]);
    await db.execute(
      sql`update outbox set available_at = now() - interval '90 seconds' where payload->>'number' = '2'`,
    );
    const backlog = await outboxBacklog(db);
    expect(backlog.jobs).toBe(2);
    expect(Math.round(backlog.oldestSeconds)).toBe(90);
    const jobs = await lease();
    expect(jobs.map(({ payload }) => noted.payload.parse(payload).number).sort()).toEqual([1, 2]);
    expect((await outboxBacklog(db)).jobs).toBe(0);
  });
});
