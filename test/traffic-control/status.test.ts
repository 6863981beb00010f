import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findSwitchableEvent } from '../../src/switches.ts';
import { createSwitches, watchStatus } from '../../src/traffic-control/index.ts';
import { statusJobNames } from '../../src/jobs.ts';
import { turnSwitch } from '../../src/traffic-control/switches/turn-switch.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { openTestDb } from '../../testkit/orders/placing.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';

/** Guards the public status document: it says which part does not work, and nothing else. */

type Document = { state: string; parts: Record<string, string>; checkedAt: string };

const well = { buying: 'ok', paying: 'ok', tickets: 'ok', door: 'ok' };

let api: TestService;
beforeAll(async () => {
  api = await startTestService();
});
beforeEach(() => api.service.db.execute(sql`delete from outbox`));
afterAll(() => api.close());

const read = async () => {
  await api.service.statusWatch.look();
  return (await (await api.fetch('/status.json')).json()) as Document;
};
const stageLate = (name: string, relays: number, count: number, late: string) =>
  api.service.db.execute(sql`
    insert into outbox (name, payload, relays, available_at, created_at)
    select ${name}, '{"eventId": "evt_00000001"}', ${relays}::smallint,
           now() - ${late}::interval + (case when ${relays} > 0 then interval '2 hours' else interval '0' end), now() - ${late}::interval
    from generate_series(1, ${count})`);
const turn = async (on: boolean) => {
  await turnSwitch(
    { db: api.service.db, findSwitchableEvent },
    { name: 'close_sales', on, reason: 'a test', by: 'the tests' },
  );
  await api.service.switches.refresh();
};

test('is public and small; caches keep it for seconds, and not during an outage', async () => {
  const document = await read();
  expect(document).toEqual({ state: 'ok', parts: well, takesRehearsals: false, checkedAt: expect.any(String) });
  const response = await api.fetch('/status.json', { headers: { origin: 'https://status.example' } });
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'public, max-age=5']);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect((await response.text()).length).toBeLessThan(300);
});

test('says that an operator has closed the sales, and that everything else works', async () => {
  await turn(true);
  try {
    expect(await read()).toMatchObject({ state: 'paused', parts: { ...well, buying: 'paused' } });
  } finally {
    await turn(false);
  }
  expect((await read()).state).toBe('ok');
});

test('says that payments or tickets are late when no worker takes their jobs', async () => {
  await stageLate('payment.apply_callback', 0, 1, '2 minutes');
  expect((await read()).parts).toEqual({ ...well, paying: 'slow' });
  await stageLate('order.paid', 0, 1, '15 minutes');
  expect(await read()).toMatchObject({ state: 'down', parts: { ...well, paying: 'slow', tickets: 'down' } });
});

test('does not call the service slow for one organiser whose jobs fail, nor for work that is not due', async () => {
  await stageLate('order.placed', 3, 5, '20 minutes');
  await stageLate('order.placed', 0, 5, '-5 minutes');
  await stageLate('webhooks.send', 0, 5, '20 minutes');
  expect((await read()).state).toBe('ok');
  await stageLate('order.placed', 3, 30, '20 minutes');
  expect((await read()).parts).toEqual({ ...well, paying: 'slow' });
});

test('says down when Postgres does not answer, and before the first check', async () => {
  const open = openTestDb('postgres://nobody:nothing@127.0.0.1:1/none');
  const log = createLog({ level: 'silent', process: 'test' });
  const switches = createSwitches({ db: open.db, log });
  const watch = watchStatus({
    config: { REHEARSALS_ALLOWED: false },
    db: open.db,
    log,
    clock: systemClock,
    switches,
    shedder: { isShedding: () => false },
    jobNames: statusJobNames,
  });
  try {
    await expect(watch.look()).rejects.toThrow();
    expect(watch.status()).toMatchObject({ state: 'down', parts: { buying: 'down', door: 'down' } });
  } finally {
    watch.close();
    switches.close();
    await open.close();
  }
});
