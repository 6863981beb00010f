import { expect, test } from 'vitest';
import {
  type Costs,
  coresFor,
  demandOfMix,
  demandOfWaiting,
  machinesFor,
} from '../../loadtest/sizing/size-machines.ts';

const nothing = { nginx: 0, API: 0, worker: 0, PgBouncer: 0, Postgres: 0, Redis: 0 };
const costs: Costs = {
  browse: { ...nothing, nginx: 50 },
  orders: { ...nothing, API: 1000, Postgres: 2000 },
  status: nothing,
  'check-ins': nothing,
  joins: { ...nothing, API: 500 },
};

test('cores of a part are its microseconds of all classes, at half use', () => {
  const cores = coresFor(costs, demandOfMix(10_000));
  // 8,500 reads of 50 us; 600 orders of 1,000 us and 100 joins of 500 us; 600 orders of 2,000 us.
  expect(cores.nginx).toBeCloseTo(0.85);
  expect(cores.API).toBeCloseTo(1.3);
  expect(cores.Postgres).toBeCloseTo(2.4);
  expect(cores.worker).toBe(0);
});

test('people who wait read the counter every ten seconds and have joined within ten minutes', () => {
  const cores = coresFor(costs, demandOfWaiting(600_000));
  expect(cores.nginx).toBeCloseTo((60_000 * 50 * 2) / 1e6);
  expect(cores.API).toBeCloseTo((1000 * 500 * 2) / 1e6);
});

test('machines have eight cores, PgBouncer is beside the API, and one of each kind may fail', () => {
  const cores = { nginx: 8, API: 15, PgBouncer: 2, worker: 0.5, Postgres: 33, Redis: 2.5 };
  expect(machinesFor(cores)).toEqual({ nginx: 2, API: 3, worker: 2, primaries: 2, redisServers: 3 });
});
