import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rowsOf } from '../../src/platform/database/db.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { failuresMax } from '../../src/reports/limits.ts';
import { maintainReports } from '../../src/reports/index.ts';
import { reportInvariants } from '../../src/reports/invariants.ts';
import type { FileStorage } from '../../src/platform/files/storage.ts';
import { createEvent, createOrganizer } from '../../testkit/factories.ts';
import { order } from '../../testkit/orders/placing.ts';
import { type ReportWorld, openReportWorld, reportStatus, stagedCount } from '../../testkit/reports/report-world.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { until } from '../../testkit/until.ts';

/** Guards that a report ends once, whatever happens to its workers: one file, one mail, and never half a file. */

let world: ReportWorld;

beforeAll(async () => {
  world = await openReportWorld();
  const event = await createEvent(world.db, { organizer: world.organizer });
  for (let count = 0; count < 3; count += 1) await order(world.placing, event);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.db.execute(
    sql`update reports set status = 'cancelled', lease_until = null where status in ('waiting', 'making')`,
  );
  await world.db.execute(sql`delete from outbox`);
});

const ask = async (): Promise<string> =>
  (await world.send('POST', '/reports', { kind: 'orders', format: 'csv' })).body.id;
const maintain = () => maintainReports({ ...world.deps, clock: systemClock, log: silentLog });
const unfinished = (id: string) => new RegExp(`^${id}-1\\.csv\\.[\\w-]+\\.part$`);
const mailsOf = (id: string) =>
  rowsOf<{ template: string }>(world.db, sql`select template from deliveries where subject_id = ${id}`);

/** A storage whose write waits, after the first piece, until the test lets it go on. */
function heldStorage(storage: FileStorage) {
  let begun = false;
  let goOn: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  return {
    goOn: () => goOn(),
    begun: () => begun,
    storage: {
      ...storage,
      write: (key: string, pieces: AsyncIterable<Uint8Array>, signal: AbortSignal) =>
        storage.write(
          key,
          (async function* () {
            for await (const piece of pieces) {
              yield piece;
              begun = true;
              await held;
            }
          })(),
          signal,
        ),
    } satisfies FileStorage,
  };
}

describe('one at a time', () => {
  test('concurrent workers make one report of an organizer; the next one follows when it is done', async () => {
    const ids = [await ask(), await ask(), await ask()];
    const held = heldStorage(world.deps.fileStorage);
    const first = world.make({ fileStorage: held.storage });
    await until(held.begun);
    // These end at once.
    await Promise.all(Array.from({ length: 8 }, () => world.make()));
    expect((await Promise.all(ids.map((id) => reportStatus(world, id)))).map((row) => row?.status)).toEqual([
      'making',
      'waiting',
      'waiting',
    ]);
    await world.db.execute(sql`delete from outbox`);
    held.goOn();
    await first;
    expect(await reportStatus(world, ids[0] ?? '')).toMatchObject({ status: 'ready' });
    expect(await stagedCount(world.db, 'report.make')).toBe(1);
    await world.make();
    expect(await reportStatus(world, ids[1] ?? '')).toMatchObject({ status: 'ready' });
  });

  test('the index stops claims that do not see each other; without it an organizer has several reports in the making', async () => {
    const owner = postgres(world.world.directUrl, { max: 8, onnotice: () => {} });
    const { id } = world.organizer;
    /** Eight workers that each take a waiting report of their own. */
    const claimTogether = async (): Promise<number> => {
      await owner`delete from reports where organizer_id = ${id} and status = 'cancelled'`;
      await owner`update reports set status = 'waiting', lease_until = null where organizer_id = ${id} and status = 'making'`;
      for (let count = await waiting(); count < 8; count += 1) await ask();
      await Promise.allSettled(
        Array.from(
          { length: 8 },
          () => owner`
            update reports set status = 'making', lease_until = now() + interval '1 minute' where id = (
              select id from reports where organizer_id = ${id} and status = 'waiting' order by id limit 1 for update skip locked)`,
        ),
      );
      const [row] =
        await owner`select count(*)::integer as making from reports where organizer_id = ${id} and status = 'making'`;
      return row?.['making'];
    };
    const waiting = async () =>
      (await rowsOf(world.db, sql`select id from reports where organizer_id = ${id} and status = 'waiting'`)).length;
    expect(await claimTogether()).toBe(1);
    const [index] = await owner`select indexdef from pg_indexes where indexname = 'reports_one_making'`;
    await owner`drop index reports_one_making`;
    expect(await claimTogether()).toBeGreaterThan(1);
    await owner`update reports set status = 'cancelled', lease_until = null where status in ('waiting', 'making')`;
    await owner.unsafe(index?.['indexdef']);
    await owner.end();
  });
});

describe('a worker that is lost', () => {
  test('leaves no file; another worker starts again, and the lost one writes and mails nothing when it wakes up', async () => {
    const id = await ask();
    const held = heldStorage(world.deps.fileStorage);
    const lost = world.make({ fileStorage: held.storage });
    await until(held.begun);
    expect(world.files().filter((name) => name.includes(id))).toEqual([expect.stringMatching(unfinished(id))]);
    expect((await world.send('GET', `/reports/${id}/file`)).body.code).toBe('report.not_ready');
    // As if the process had stopped for longer than its lease.
    await world.db.execute(sql`update reports set lease_until = now() - interval '1 second' where id = ${id}`);
    await maintain();
    expect(await reportStatus(world, id)).toMatchObject({ status: 'waiting', failures: 1, failure: 'worker_lost' });
    expect(await stagedCount(world.db, 'report.make')).toBeGreaterThan(0);
    await world.make();
    expect(await reportStatus(world, id)).toMatchObject({ status: 'ready', run: 2, rows: 3 });
    held.goOn();
    await lost;
    expect(await reportStatus(world, id)).toMatchObject({ status: 'ready', run: 2, rows: 3 });
    expect(await mailsOf(id)).toHaveLength(1);
    expect((await world.send('GET', `/reports/${id}/file`)).text.split('\r\n')).toHaveLength(5);
  });

  test('whose report cannot be taken back keeps no report of another organizer', async () => {
    const id = await ask();
    const other = {
      id: id.replace(/.{4}$/, 'ZZZZ'),
      organizer_id: (await createOrganizer(world.db)).id,
      member_id: null,
    };
    await world.db.execute(sql`
      insert into reports select (jsonb_populate_record(null::reports, to_jsonb(r) || ${JSON.stringify(other)}::jsonb)).* from reports r where id = ${id}`);
    await world.db.execute(sql`
      update reports set status = 'making', run = 1, lease_until = now() - interval '1 second' where id in (${id}, ${other.id})`);
    const owner = postgres(world.world.directUrl, { max: 1, onnotice: () => {} });
    await owner.unsafe(
      `alter table reports add constraint none_of_it check (id <> '${id}' or status <> 'waiting') not valid`,
    );
    await expect(maintain()).rejects.toThrow();
    expect(await reportStatus(world, other.id)).toMatchObject({ status: 'waiting', failure: 'worker_lost' });
    await owner`alter table reports drop constraint none_of_it`;
    await owner.end();
    await maintain();
    expect(await reportStatus(world, id)).toMatchObject({ status: 'waiting', failure: 'worker_lost' });
    await world.db.execute(sql`delete from reports where id in (${id}, ${other.id})`);
  });

  test('fails the report when it happens too often', async () => {
    const id = await ask();
    for (let time = 1; time <= failuresMax; time += 1) {
      await world.db.execute(sql`
        update reports set status = 'making', run = run + 1, lease_until = now() - interval '1 second' where id = ${id}`);
      await maintain();
      expect(await reportStatus(world, id)).toMatchObject({
        status: time < failuresMax ? 'waiting' : 'failed',
        failures: time,
      });
    }
    expect(await mailsOf(id)).toEqual([{ template: 'report_failed' }]);
  });
});

test('a cancelled report ends its worker within seconds, and leaves nothing', async () => {
  const id = await ask();
  const held = heldStorage(world.deps.fileStorage);
  const making = world.make({ fileStorage: held.storage });
  await until(held.begun);
  expect((await world.send('POST', `/reports/${id}/cancellation`)).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 3500));
  held.goOn();
  await making;
  expect(await reportStatus(world, id)).toMatchObject({ status: 'cancelled' });
  expect(world.files().filter((name) => name.includes(id))).toEqual([]);
  expect(await mailsOf(id)).toEqual([]);
});

test('a storage failure is retried, then the report fails; the next report is made', async () => {
  const id = await ask();
  const next = await ask();
  const broken: FileStorage = { ...world.deps.fileStorage, write: () => Promise.reject(new Error('disk full')) };
  for (let time = 1; time < failuresMax; time += 1) {
    await expect(world.make({ fileStorage: broken })).rejects.toThrow('disk full');
    expect(await reportStatus(world, id)).toMatchObject({ status: 'waiting', failures: time, failure: 'file' });
  }
  expect(await mailsOf(id)).toEqual([]);
  await world.make({ fileStorage: broken });
  expect(await reportStatus(world, id)).toMatchObject({ status: 'failed' });
  expect(await mailsOf(id)).toEqual([{ template: 'report_failed' }]);
  await world.make();
  expect(await reportStatus(world, next)).toMatchObject({ status: 'ready' });
});

test('each invariant reports the row that breaks it', async () => {
  const id = await ask();
  const findings = async () => {
    const found: Record<string, number> = {};
    for (const { name, find } of reportInvariants)
      found[name] = (await find(world.db)).filter((text) => text.includes(id)).length;
    return found;
  };
  const clean = {
    'reports.none_stuck': 0,
    'reports.members_mailed': 0,
    'reports.files_deleted': 0,
    'reports.schedules_run': 0,
  };
  expect(await findings()).toEqual(clean);
  await world.db.execute(sql`update reports set created_at = now() - interval '7 hours' where id = ${id}`);
  expect(await findings()).toEqual({ ...clean, 'reports.none_stuck': 1 });
  await world.make();
  expect(await findings()).toEqual(clean);
  await world.db.execute(sql`update reports set expires_at = now() - interval '25 hours' where id = ${id}`);
  await world.db.execute(sql`delete from deliveries where subject_id = ${id}`);
  expect(await findings()).toEqual({ ...clean, 'reports.files_deleted': 1, 'reports.members_mailed': 1 });
});
