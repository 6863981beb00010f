import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import type { FileStorage } from '../../src/platform/files/storage.ts';
import { maintainReports } from '../../src/reports/index.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { type ReportWorld, openReportWorld, reportStatus } from '../../testkit/reports/report-world.ts';

/** Guards that the files of reports are deleted after their time, whatever other files cannot be. */

let world: ReportWorld;
beforeAll(async () => {
  world = await openReportWorld();
});
afterAll(() => world.close());

const ask = async (): Promise<string> =>
  (await world.send('POST', '/reports', { kind: 'orders', format: 'csv' })).body.id;
const maintain = (fileStorage: FileStorage = world.deps.fileStorage) =>
  maintainReports({ ...world.deps, clock: systemClock, log: silentLog, fileStorage });
const filesOf = (id: string) => world.files().filter((name) => name.includes(id));

test('files are deleted after their time, including those of lost workers', async () => {
  const id = await ask();
  await world.db.execute(sql`update reports set run = 1 where id = ${id}`);
  await world.make();
  const abandoned = `reports/${world.organizer.id}/${id}-1.csv`;
  await world.deps.fileStorage.write(
    abandoned,
    (async function* () {
      yield Buffer.from('old');
    })(),
    AbortSignal.timeout(1000),
  );
  expect(filesOf(id).sort()).toEqual([`${id}-1.csv`, `${id}-2.csv`]);
  await maintain();
  expect(filesOf(id)).toHaveLength(2);
  await world.db.execute(sql`update reports set expires_at = now() - interval '1 second' where id = ${id}`);
  await maintain();
  expect(filesOf(id)).toEqual([]);
  expect(await world.send('GET', `/reports/${id}/file`)).toMatchObject({
    status: 410,
    body: { code: 'report.expired' },
  });
  // The record goes too, much later.
  await world.db.execute(sql`update reports set cleared_at = now() - interval '91 days' where id = ${id}`);
  await maintain();
  expect(await reportStatus(world, id)).toBeUndefined();
});

test('a file that cannot be deleted keeps no other file, and is deleted later', async () => {
  const ids = [await ask(), await ask()];
  for (let count = 0; count < ids.length; count += 1) await world.make();
  const left = () => ids.filter((id) => world.files().includes(`${id}-1.csv`));
  expect(left()).toEqual(ids);
  for (const id of ids)
    await world.db.execute(sql`update reports set expires_at = now() - interval '1 second' where id = ${id}`);
  const stubborn: FileStorage = {
    ...world.deps.fileStorage,
    remove: async (key) => {
      if (key.includes(ids[0] ?? '')) throw new Error('EACCES');
      await world.deps.fileStorage.remove(key);
    },
  };
  await expect(maintain(stubborn)).rejects.toThrow('EACCES');
  expect(left()).toEqual(ids.slice(0, 1));
  for (const id of ids) expect(await reportStatus(world, id)).toMatchObject({ status: 'expired' });
  await maintain();
  expect(left()).toEqual([]);
});

test('more files than one run takes, all of which cannot be deleted, keep no other one', async () => {
  const id = await ask();
  await world.make();
  await world.db.execute(sql`
    insert into reports (id, organizer_id, kind, format, status, requested_by, run, created_at, finished_at)
    select 'rpt_stubborn' || n, ${world.organizer.id}, 'orders', 'csv', 'failed', 'test', 1, now() - interval '1 day', now() - interval '1 day'
    from generate_series(1, 100) n`);
  await world.db.execute(sql`update reports set expires_at = now() - interval '1 second' where id = ${id}`);
  const remove = async (key: string) => {
    if (!key.includes(id)) throw new Error('EACCES');
    await world.deps.fileStorage.remove(key);
  };
  const fileStorage = { ...world.deps.fileStorage, remove };
  // Each run takes a hundred of the hundred and one.
  for (let run = 0; run < 5 && filesOf(id).length > 0; run += 1) await maintain(fileStorage).catch(() => {});
  expect(filesOf(id)).toEqual([]);
});
