import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { newId } from '../../src/platform/ids.ts';
import { reportInvariants } from '../../src/reports/invariants.ts';
import { schedulesMax } from '../../src/reports/limits.ts';
import { type Rhythm, nextRun } from '../../src/reports/schedules/queries.ts';
import { runDueSchedules, settleSeconds } from '../../src/reports/schedules/run-due-schedules.ts';
import { createEvent, createOrganizer } from '../../testkit/factories.ts';
import { openTestDb } from '../../testkit/orders/placing.ts';
import { silentLog } from '../../testkit/processes/worker.ts';
import { type ReportWorld, auditOf, openReportWorld, programOf, readCsv } from '../../testkit/reports/report-world.ts';

/** Guards that a schedule makes one report for each of its runs, at its hour, for as long as its member may read it. */

let world: ReportWorld;

beforeAll(async () => {
  world = await openReportWorld();
});
afterAll(() => world.close());
beforeEach(() => world.db.execute(sql`update report_schedules set ended_at = now() where ended_at is null`));

const daily = { kind: 'orders', format: 'csv', every: 'day', hour: 7 };
const create = async (more: Record<string, unknown> = {}) =>
  (await world.send('POST', '/report-schedules', { ...daily, ...more })).body as { id: string; nextRunAt: string };
const run = (db = world.db) => runDueSchedules({ db, clock: systemClock, log: silentLog });
const makeDue = (id: string, at = "now() - interval '1 minute'") =>
  world.db.execute(sql`update report_schedules set next_run_at = ${sql.raw(at)} where id = ${id}`);
/** Makes every report that waits, the oldest first. */
const makeAll = async () => {
  const waiting = await rowsOf(world.db, sql`select id from reports where status = 'waiting'`);
  for (const _ of waiting) await world.make();
};
const reportsOf = (id: string) =>
  rowsOf<{ id: string; periodAt: string; filters: { from?: string; to?: string } }>(
    world.db,
    sql`select id, period_at::text as "periodAt", filters from reports where schedule_id = ${id} order by id`,
  );

describe('the next run', () => {
  const everyDay: Rhythm = { every: 'day', weekday: null, hour: 7, timeZone: 'Asia/Jakarta' };
  const at = async (rhythm: Partial<Rhythm>, after: string) =>
    (await nextRun(world.db, { ...everyDay, ...rhythm }, new Date(after))).toISOString();

  test.each([
    ['today, before its hour', {}, '2027-03-19T23:59:00Z', '2027-03-20T00:00:00.000Z'],
    ['tomorrow, at its hour', {}, '2027-03-20T00:00:00Z', '2027-03-21T00:00:00.000Z'],
    ['next Monday', { every: 'week', weekday: 1 }, '2027-03-22T00:00:00Z', '2027-03-29T00:00:00.000Z'],
    ['this Sunday', { every: 'week', weekday: 7 }, '2027-03-20T12:00:00Z', '2027-03-21T00:00:00.000Z'],
    [
      'at the local hour when clocks go forward',
      { timeZone: 'Europe/Oslo' },
      '2027-03-27T06:00:00Z',
      '2027-03-28T05:00:00.000Z',
    ],
    [
      'once where an hour comes twice',
      { timeZone: 'Europe/Oslo', hour: 2 },
      '2027-10-30T00:00:00Z',
      '2027-10-31T01:00:00.000Z',
    ],
    [
      'an hour later where its hour is missing',
      { timeZone: 'Europe/Oslo', hour: 2 },
      '2027-03-27T01:00:00Z',
      '2027-03-28T01:00:00.000Z',
    ],
  ] as const)('is %s', async (_what, rhythm, after, expected) => {
    expect(await at(rhythm, after)).toBe(expected);
  });
});

describe('a schedule', () => {
  test('is made, listed and ended, each with an entry in the audit log', async () => {
    const made = await create({ every: 'week', weekday: 1, timeZone: 'Asia/Makassar' });
    expect(Date.parse(made.nextRunAt)).toBeGreaterThan(Date.now());
    expect(new Date(made.nextRunAt).toISOString()).toMatch(/T23:00:00\.000Z$/);
    expect((await world.send('GET', '/report-schedules')).body.data).toMatchObject([
      { id: made.id, memberId: world.owner.id },
    ]);
    expect((await world.send('DELETE', `/report-schedules/${made.id}`)).status).toBe(204);
    expect(await world.send('DELETE', `/report-schedules/${made.id}`)).toMatchObject({ status: 404 });
    expect((await world.send('GET', '/report-schedules')).body.data).toEqual([]);
    expect(await auditOf(world, made.id)).toEqual(['report_schedule.created', 'report_schedule.ended']);
  });

  test.each([
    [{ every: 'week' }, 'weekday'],
    [{ weekday: 1 }, 'weekday'],
    [{ hour: 24 }, 'hour'],
    [{ timeZone: '+07:00' }, 'timeZone'],
  ])('with %j is refused', async (more, path) => {
    const refused = await world.send('POST', '/report-schedules', { ...daily, ...more });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  test('answers like a missing one to another organizer; programs may not create one; their number is bounded', async () => {
    const made = await create();
    const stranger = await createOrganizer(world.db);
    const foreign = await programOf(world, stranger, 'manager');
    expect(
      await world.call('DELETE', `/v1/organizers/${stranger.slug}/report-schedules/${made.id}`, foreign),
    ).toMatchObject({
      status: 404,
      body: { code: 'report_schedule.not_found' },
    });
    expect(await world.call('POST', `/v1/organizers/${stranger.slug}/report-schedules`, foreign, daily)).toMatchObject({
      status: 403,
    });
    for (let count = 1; count < schedulesMax; count += 1) await create();
    expect(await world.send('POST', '/report-schedules', daily)).toMatchObject({
      status: 409,
      body: { code: 'report_schedule.limit_reached' },
    });
  });

  test('makes one report for a run, with any number of workers', async () => {
    const { id } = await create();
    await makeDue(id);
    const pools = Array.from({ length: 4 }, () => openTestDb(world.config.DATABASE_URL, 2));
    await Promise.all(Array.from({ length: 12 }, (_, n) => run(pools[n % 4]?.db)));
    await Promise.all(pools.map((pool) => pool.close()));
    const made = await reportsOf(id);
    expect(made).toHaveLength(1);
    // The same run once more, as after a restore: the report of the run is there.
    await world.db.execute(
      sql`update report_schedules set next_run_at = ${made[0]?.periodAt}::timestamptz where id = ${id}`,
    );
    await run();
    expect(await reportsOf(id)).toHaveLength(1);
  });

  test('control: without a lock and a key for the run, several workers make it', async () => {
    const { id } = await create();
    await makeDue(id);
    const runWithoutGuard = async () => {
      const due = await rowsOf<{ id: string }>(
        world.db,
        sql`select id from report_schedules where id = ${id} and next_run_at <= now()`,
      );
      for (let asked = 0; asked < due.length; asked += 1) {
        await world.db.execute(sql`
          insert into reports (id, organizer_id, kind, format, requested_by)
          values (${newId('rpt')}, ${world.organizer.id}, 'orders', 'csv', 'no guard')`);
        await makeDue(id, "now() + interval '1 day'");
      }
    };
    await Promise.all(Array.from({ length: 8 }, runWithoutGuard));
    const asked = await rowsOf(world.db, sql`delete from reports where requested_by = 'no guard' returning id`);
    expect(asked.length).toBeGreaterThan(1);
  });

  test('makes up for missed runs with one report that covers their period without a gap', async () => {
    const { id } = await create({ covers: 'period' });
    await makeDue(id, "date_trunc('hour', now()) - interval '5 days'");
    await run();
    await makeDue(id, "date_trunc('hour', now()) - interval '1 hour'");
    await run();
    const [first, second, ...more] = await reportsOf(id);
    expect(more).toEqual([]);
    expect(second?.filters.from).toBe(first?.filters.to);
    const [row] = await rowsOf<{ later: boolean }>(
      world.db,
      sql`select next_run_at > now() as later from report_schedules where id = ${id}`,
    );
    expect(row?.later).toBe(true);
  });

  test('puts each scan into one period, however late a phone sends it', async () => {
    const event = await createEvent(world.db, { organizer: world.organizer });
    const scan = (id: string, scannedAt: string, receivedAt: string) =>
      world.db.execute(sql`
        insert into scans (event_id, actor_id, device_id, scan_id, content, direction, result, passed, offline, scanned_at, received_at)
        values (${event.id}, 'key_A', 'phone', ${id}, decode('00', 'hex'), 'entry', 'admitted', true, true,
          now() - ${scannedAt}::interval, now() - ${receivedAt}::interval)`);
    await scan('at once', '150 minutes', '150 minutes');
    await scan('sent late', '170 minutes', '30 minutes');
    const { id } = await create({ kind: 'check_ins', covers: 'period', eventId: event.id });
    const scansOf = async (since: string, at: string) => {
      await world.db.execute(
        sql`update report_schedules set last_run_at = now() - ${since}::interval where id = ${id}`,
      );
      await makeDue(id, `now() - interval '${at}'`);
      await run();
      await makeAll();
      const made = (await reportsOf(id)).at(-1);
      const file = await world.call(
        'GET',
        `/v1/organizers/${world.organizer.slug}/reports/${made?.id}/file`,
        world.member,
      );
      return readCsv(file.text).map((row) => row['scan_id']);
    };
    expect(await scansOf('3 hours', '2 hours')).toEqual(['at once']);
    expect(await scansOf('2 hours', '1 minute')).toEqual(['sent late']);
    // Whoever asks for a span of time gets the scans of that time.
    const span = { from: new Date(Date.now() - 3 * 3_600_000), to: new Date(Date.now() - 2 * 3_600_000) };
    const asked = await world.send('POST', '/reports', {
      kind: 'check_ins',
      format: 'csv',
      eventId: event.id,
      filters: span,
    });
    await makeAll();
    const file = await world.send('GET', `/reports/${asked.body.id}/file`);
    expect(readCsv(file.text).map((row) => row['scan_id'])).toEqual(['at once', 'sent late']);
  });

  test('runs when the rows of its period are written, not at the second of its hour', async () => {
    const { id } = await create({ covers: 'period' });
    await makeDue(id, `now() - interval '${settleSeconds - 20} seconds'`);
    await run();
    expect(await reportsOf(id)).toEqual([]);
    await makeDue(id, `now() - interval '${settleSeconds} seconds'`);
    await run();
    expect(await reportsOf(id)).toHaveLength(1);
  });

  test('names its files by the day of its zone: early in the morning in Jayapura UTC has the day before', async () => {
    const nameOf = async (reportId: string | undefined) => {
      await world.db.execute(sql`update reports set created_at = '2027-03-19T21:30:00Z' where id = ${reportId}`);
      await makeAll();
      const { headers } = await world.send('GET', `/reports/${reportId}/file`);
      return headers.get('content-disposition');
    };
    const { id } = await create({ timeZone: 'Asia/Jayapura', hour: 6 });
    await makeDue(id);
    await run();
    expect(await nameOf((await reportsOf(id)).at(-1)?.id)).toContain('orders-2027-03-20-');
    const event = await createEvent(world.db, { organizer: world.organizer, event: { timeZone: 'America/New_York' } });
    const ofEvent = await world.send('POST', '/reports', { kind: 'orders', format: 'csv', eventId: event.id });
    expect(await nameOf(ofEvent.body.id)).toContain('orders-2027-03-19-');
    const ofAll = await world.send('POST', '/reports', { kind: 'orders', format: 'csv' });
    expect(await nameOf(ofAll.body.id)).toContain('orders-2027-03-20-');
  });

  test('ends when its member may no longer read reports', async () => {
    const { id } = await create();
    await makeDue(id);
    await world.db.execute(sql`update staff set role = 'door' where id = ${world.owner.id}`);
    await run();
    await world.db.execute(sql`update staff set role = 'owner' where id = ${world.owner.id}`);
    expect(await reportsOf(id)).toEqual([]);
    expect(await auditOf(world, id)).toEqual(['report_schedule.created', 'report_schedule.ended']);
  });

  test('that fails rests, longer each time, and does not keep the others', async () => {
    const [bad, good] = [await create(), await create()];
    await world.db.execute(sql`update report_schedules set time_zone = 'Nowhere' where id = ${bad.id}`);
    await makeDue(bad.id, "now() - interval '1 hour'");
    await makeDue(good.id);
    await expect(run()).rejects.toThrow();
    expect(await reportsOf(good.id)).toHaveLength(1);
    await run();
    const rest = sql`round(extract(epoch from rests_until - now()) / 60)::int as minutes`;
    const rested = () => rowsOf(world.db, sql`select failures, ${rest} from report_schedules where id = ${bad.id}`);
    expect(await rested()).toEqual([{ failures: 1, minutes: 1 }]);
    const wake = (timeZone: string) =>
      world.db.execute(
        sql`update report_schedules set rests_until = now(), time_zone = ${timeZone} where id = ${bad.id}`,
      );
    await wake('Nowhere');
    await expect(run()).rejects.toThrow();
    expect(await rested()).toEqual([{ failures: 2, minutes: 2 }]);
    await wake('Asia/Jakarta');
    await run();
    expect(await reportsOf(bad.id)).toHaveLength(1);
    expect(await rested()).toEqual([{ failures: 0, minutes: null }]);
  });

  test('that is overdue breaks the invariant', async () => {
    const { id } = await create();
    const schedulesRun = reportInvariants.find(({ name }) => name === 'reports.schedules_run');
    expect(await schedulesRun?.find(world.db)).toEqual([]);
    await makeDue(id, "now() - interval '1 hour'");
    expect(await schedulesRun?.find(world.db)).toHaveLength(1);
  });
});
