import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceOverloaded } from '../../../src/platform/errors.ts';
import { createGate } from '../../../src/platform/resilience/gate.ts';
import { openCacheRedis } from '../../../src/platform/redis.ts';
import { createHealthReader, healthOf } from '../../../src/waiting-room/admission/health-reader.ts';
import { type HealthReporter, createHealthReporter } from '../../../src/waiting-room/admission/health-reporter.ts';
import { type OwnRedis, startOwnRedis } from '../../../testkit/services/own-redis.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';
import { until } from '../../../testkit/until.ts';

/** Guards promise 7: the scheduler's reports of API processes, and that it gets none rather than an old one. */

let own: OwnRedis;
let redis: ReturnType<typeof openCacheRedis>;
const reporters: HealthReporter[] = [];
beforeAll(async () => {
  own = await startOwnRedis();
  redis = openCacheRedis(own.url, silentLog);
  await until(async () => redis.status === 'ready');
});
afterAll(async () => {
  for (const reporter of reporters) reporter.close();
  redis.disconnect();
  await own.close();
});

const freeGate = () => createGate(4, { waitingMax: 100, waitMs: 1000 });
function aReporter(gate = freeGate(), shedOrders = () => 0): HealthReporter {
  const reporter = createHealthReporter({ redis, log: silentLog, gates: [gate], shedOrders });
  reporters.push(reporter);
  return reporter;
}
const eventId = 'evt_00000009';
const read = () => createHealthReader({ redis, log: silentLog }).read(eventId);

describe('the health of orders', () => {
  it('is that of the worst process, and expires with the processes', async () => {
    expect(await read()).toBeUndefined();
    const good = aReporter();
    const bad = aReporter();
    await Promise.all(Array.from({ length: 50 }, () => good.watch(eventId, () => pause(5))));
    await Promise.all(Array.from({ length: 50 }, () => bad.watch(eventId, () => pause(300))));
    const refuse = () => bad.watch(eventId, () => Promise.reject(serviceOverloaded(1))).catch(() => undefined);
    await Promise.all(Array.from({ length: 10 }, refuse));
    await until(async () => ((await read())?.placementP95Ms ?? 0) > 250);
    const health = await read();
    expect(health?.placementP95Ms).toBeGreaterThan(290);
    expect(health?.shedRatio).toBeGreaterThan(0);
    good.close();
    bad.close();
    await until(async () => (await read()) === undefined);
  });

  it('of one event says nothing about another, so that a flood of orders slows no other room', async () => {
    const reporter = aReporter();
    const reader = createHealthReader({ redis, log: silentLog });
    await Promise.all(Array.from({ length: 50 }, () => reporter.watch('evt_00000001', () => pause(300))));
    for (let orders = 0; orders < 500; orders += 1) reporter.refused('evt_00000001');
    await until(async () => ((await reader.read('evt_00000001'))?.shedRatio ?? 0) > 0.8);
    expect((await reader.read('evt_00000001'))?.placementP95Ms).toBeGreaterThan(290);
    expect(await reader.read('evt_00000002')).toMatchObject({ placementP95Ms: undefined, shedRatio: 0 });
    reporter.close();
  });

  it('includes what traffic control refused before an order', async () => {
    let refused = 0;
    const reporter = aReporter(freeGate(), () => refused);
    await until(async () => (await read()) !== undefined);
    await until(async () => {
      refused += 400;
      return (await read())?.shedRatio === 1;
    });
    reporter.close();
  });

  it('includes how long a call waits for a connection, even when none is free', async () => {
    const gate = createGate(1, { waitingMax: 100, waitMs: 60_000 });
    const reporter = aReporter(gate);
    await until(async () => (await read()) !== undefined);
    expect((await read())?.poolWaitMs).toBeLessThan(50);
    const leave = await gate.enter();
    await until(async () => ((await read())?.poolWaitMs ?? 0) > 1000);
    leave();
    await until(async () => ((await read())?.poolWaitMs ?? 1000) < 50);
    reporter.close();
  });

  it('exchanged places are counted once each and reported once; a reader can give back what it did not use', async () => {
    const reader = createHealthReader({ redis, log: silentLog });
    const reporter = aReporter();
    for (let time = 0; time < 3; time += 1)
      for (let index = 0; index < 20; index += 1) reporter.exchanged('evt_00000001', index);
    let taken = 0;
    await until(async () => (taken += await reader.takeExchanged('evt_00000001')) >= 20);
    expect(taken).toBe(20);
    await reader.giveBackExchanged('evt_00000001', 7);
    expect(await reader.takeExchanged('evt_00000001')).toBe(7);
    expect(await reader.takeExchanged('evt_00000001')).toBe(0);
    reporter.close();
  });

  it('is unknown while Redis is away, and exchanges of that time are reported afterwards', async () => {
    const reader = createHealthReader({ redis, log: silentLog });
    const reporter = aReporter();
    await until(async () => (await reader.read(eventId)) !== undefined);
    await own.kill();
    await until(async () => redis.status !== 'ready');
    reporter.exchanged('evt_00000002', 1);
    expect(await reader.read(eventId)).toBeUndefined();
    expect(await reader.takeExchanged('evt_00000002')).toBe(0);
    await own.start();
    let taken = 0;
    await until(async () => (taken += await reader.takeExchanged('evt_00000002')) === 1);
    reporter.close();
  });
});

describe('the reports of processes', () => {
  it('are combined into the worst of them, and are unknown when no process reports', () => {
    expect(healthOf([], 'evt_1')).toBeUndefined();
    const report = (placements: number, placementP95Ms: number, { refused = 0, shed = 0, poolWaitMs = 0 } = {}) => ({
      events: { evt_1: { placements, placementP95Ms, refused } },
      shed,
      poolWaitMs,
    });
    const reports = [
      report(500, 30, { poolWaitMs: 2 }),
      report(480, 300, { refused: 5, shed: 15, poolWaitMs: 1 }),
      report(3, 2000),
      { events: {}, shed: 0, poolWaitMs: 0 },
    ];
    expect(healthOf(reports, 'evt_1')).toEqual({ placementP95Ms: 300, shedRatio: 20 / 1003, poolWaitMs: 2 });
    const unknown = { placementP95Ms: undefined, shedRatio: 0 };
    expect(healthOf([report(2, 900, { shed: 2 })], 'evt_1')).toEqual({ ...unknown, poolWaitMs: 0 });
    // The orders of another event say nothing about this one.
    expect(healthOf([report(500, 900, { refused: 500 })], 'evt_2')).toEqual({ ...unknown, poolWaitMs: 0 });
  });
});
