import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { job } from '../../../src/platform/jobs/job.ts';
import {
  type StagedJob,
  deleteStagedJobs,
  dueEventsMax,
  findDueWork,
  leaseOverdueJobs,
  leaseSeconds,
  leaseSecondsMax,
  leaseStagedJobs,
  outboxBacklog,
  releaseStagedJobs,
  stage,
  stageAll,
  stagedJobNames,
} from '../../../src/platform/jobs/outbox.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { until } from '../../../testkit/until.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';

/** Guards promise 5 where it begins: a job exists if and only if its transaction committed, and none is skipped. */

const noted = job({
  name: 'test.noted',
  payload: z.strictObject({ number: z.int() }),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 1000,
});
const other = { ...noted, name: 'test.other' };

const { db } = await useTestDb(12);

beforeEach(() => db.execute(sql`delete from outbox`));

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const lease = (room = 1000) => leaseStagedJobs(db, [{ name: noted.name, eventId: '-', room }]);
const leaseAgain = () => leaseOverdueJobs(db, [noted.name], 10);
const numbersOf = (jobs: readonly StagedJob[]) =>
  jobs.map(({ payload }) => noted.payload.parse(payload).number).sort((one, two) => one - two);

describe('staging', () => {
  test('is part of the transaction: nothing is visible before the commit or after a rollback', async () => {
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

  test('of no jobs writes nothing, and with a delay is due later', async () => {
    await stageAll(db, noted, []);
    await stage(db, noted, { number: 1 }, { delaySeconds: 60 });
    expect(await lease()).toEqual([]);
    expect(await outboxBacklog(db)).toEqual({ jobs: 0, oldestSeconds: 0 });
    expect(await stagedJobNames(db)).toEqual([noted.name]);
  });
});

/** The naive reader: it takes everything above the last id that it saw. */
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
  const [staged, aroundIt] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow = transaction(db, async (tx) => {
    await stage(tx, noted, { number: 0 });
    staged.resolve();
    await aroundIt.promise;
  });
  await Promise.race([staged.promise, slow]);
  const delivered: number[] = [];
  let writing = true;
  const relay = (async () => {
    while (writing) delivered.push(...(await read()));
  })();
  for (let first = 1; first <= 200; first += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, index) => stage(db, noted, { number: first + index })));
    if (first < 100) continue;
    await until(() => delivered.length > 0);
    aroundIt.resolve();
  }
  await slow;
  await sleep(30);
  writing = false;
  await relay;
  return [...delivered, ...(await read())].sort((one, two) => one - two);
}

const zeroTo200 = Array.from({ length: 201 }, (_, number) => number);

describe('a lower id that commits later', () => {
  test('is not skipped', async () => {
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

describe('due work', () => {
  const byEvent = { ...noted, name: 'test.by_event', payload: z.strictObject({ eventId: z.string() }) };
  const enough = 500;
  const search = (afterEventId = '') => findDueWork(db, [{ name: byEvent.name, afterEventId, enough }]);
  const event = (number: number) => `evt_${String(number).padStart(8, '0')}`;

  test('is counted by kind and event, without what is leased or not due, and names the organizer', async () => {
    const first = await createEvent(db);
    await stageAll(db, byEvent, [{ eventId: first.id }, { eventId: first.id }, { eventId: event(2) }]);
    await stage(db, byEvent, { eventId: event(3) }, { delaySeconds: 60 });
    await stage(db, noted, { number: 1 });
    await db.execute(sql`
      insert into outbox (name, payload) values ('test.attempt', '{"attemptId": "pay_0000000206FJ2V1H8C9QX4T0RBVE01"}')`);
    await leaseStagedJobs(db, [{ name: byEvent.name, eventId: first.id, room: 1 }]);
    const kinds = [byEvent.name, noted.name, 'test.attempt'].map((name) => ({ name, afterEventId: '', enough }));
    expect(await findDueWork(db, kinds)).toEqual(
      expect.arrayContaining([
        { name: byEvent.name, organizerId: first.organizer.id, eventId: first.id, jobs: 1 },
        { name: byEvent.name, organizerId: '-', eventId: event(2), jobs: 1 },
        { name: noted.name, organizerId: '-', eventId: '-', jobs: 1 },
        { name: 'test.attempt', organizerId: '-', eventId: event(2), jobs: 1 },
      ]),
    );
    const due = (await findDueWork(db, kinds)).filter(({ jobs }) => jobs > 0);
    expect(due).toHaveLength(4);
    expect(await findDueWork(db, [])).toEqual([]);
  });

  test('is counted no further than is enough', async () => {
    await stageAll(
      db,
      byEvent,
      zeroTo200.map(() => ({ eventId: event(1) })),
    );
    await stage(db, byEvent, { eventId: event(2) });
    const [most, one] = await findDueWork(db, [{ name: byEvent.name, afterEventId: '', enough: 31 }]);
    expect([most?.jobs, one?.jobs]).toEqual([31, 1]);
  });

  test('of more events than one search reads is found by the next searches', async () => {
    await stageAll(
      db,
      byEvent,
      Array.from({ length: dueEventsMax + 5 }, (_, number) => ({ eventId: event(number) })),
    );
    const first = await search();
    expect(first).toHaveLength(dueEventsMax);
    expect(await search(first.at(-1)?.eventId)).toHaveLength(5);
  });
});

describe('leases', () => {
  test('go to one relay each, at most as many of each kind as it has room for, the longest due first', async () => {
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
          { name: noted.name, eventId: '-', room: 10 },
          { name: other.name, eventId: '-', room: 5 },
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
    expect(await leaseStagedJobs(db, [{ name: noted.name, eventId: '-', room: 0 }])).toEqual([]);
  });

  test('end by themselves, later each time, and count the hand-overs of a job', async () => {
    await stage(db, noted, { number: 1 });
    const waits: number[] = [];
    for (let relays = 1; relays <= 10; relays += 1) {
      expect(await (relays === 1 ? lease() : leaseAgain())).toMatchObject([{ relays }]);
      expect([...(await lease()), ...(await leaseAgain())]).toEqual([]);
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

  test('of jobs that the queue did not accept are given back unchanged', async () => {
    await stage(db, noted, { number: 1 });
    const [first] = await lease();
    await releaseStagedJobs(db, [first?.id ?? ''], 0);
    await releaseStagedJobs(db, [], 0);
    expect(await lease()).toMatchObject([{ id: first?.id, relays: 1 }]);
  });

  test('the backlog counts work that is due and waits', async () => {
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
