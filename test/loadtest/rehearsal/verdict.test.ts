import { expect, test } from 'vitest';
import type { Step } from '../../../loadtest/bench/surge/step.ts';
import { createLatencies } from '../../../loadtest/generator/latencies.ts';
import { momentsOf } from '../../../loadtest/generator/open-loop.ts';
import { figuresOf, readSamples } from '../../../loadtest/rehearsal/verdict/figures.ts';
import { limitedBy } from '../../../loadtest/rehearsal/verdict/limited-by.ts';
import {
  curveOfPerson,
  expectedPeak,
  peopleFor,
  ratesFor,
  requestsPerVisit,
} from '../../../loadtest/rehearsal/opening/people.ts';
import { type Rehearsal, verdictPage } from '../../../loadtest/rehearsal/verdict/verdict.ts';

test('each person makes the requests of one visit, most of them when all of the first rush are there', () => {
  const curve = curveOfPerson(400);
  expect(curve.reduce((sum, requests) => sum + requests, 0)).toBeCloseTo(requestsPerVisit);
  expect(Math.max(...curve)).toBe(curve[59]);
  expect(curve.slice(360)).toEqual(curve.slice(360).map(() => 0));
  expect(expectedPeak(10_000, undefined)).toBe(Math.ceil(10_000 * (curve[59] ?? 0)));
});

test('a waiting room turns the peak into its own rate and the reads of those who wait', () => {
  expect(expectedPeak(10_000, { rateMax: 10 })).toBe(Math.ceil(10 * requestsPerVisit + 1000));
  expect(expectedPeak(10_000, { rateMax: 10 })).toBeLessThan(expectedPeak(10_000, undefined));
});

test('the people that a rate is enough for make no more than that rate', () => {
  for (const room of [undefined, { rateMax: 10 }])
    for (const rate of [200, 1000, 4321]) expect(expectedPeak(peopleFor(rate, room), room)).toBeLessThanOrEqual(rate);
  // The room itself lets in more than can be served.
  expect(peopleFor(100, { rateMax: 10 })).toBe(0);
});

test('the rates go up the ladder to the peak and one beyond it', () => {
  expect(ratesFor(1628, [500, 1000, 1500, 2000])).toEqual([500, 1000, 1628, 2442]);
  expect(ratesFor(40, [500, 1000])).toEqual([10, 20, 40, 60]);
  expect(ratesFor(2, [500])).toEqual([1, 2, 3]);
});

test('an open loop sends what each second asks for, and keeps parts of a request for the next second', () => {
  expect([...momentsOf([2, 0, 1], 3)]).toEqual([0, 0.5, 2]);
  expect([...momentsOf([0.5, 0.5, 0.5, 0.5], 4)]).toEqual([1, 3]);
  expect([...momentsOf(2, 1.5)]).toEqual([0, 0.5, 1]);
});

const metrics = (limited: number, waits: readonly number[], creates: number) =>
  readSamples(`# HELP antre_traffic_limited_total Requests refused with 429
antre_traffic_limited_total{class="C2",policy="orders"} ${limited}
antre_traffic_shed_total{class="C4",cause="loop"} 0
antre_db_pool_wait_seconds_bucket{le="0.05",pool="writes"} ${waits[0]}
antre_db_pool_wait_seconds_bucket{le="0.1",pool="writes"} ${waits[1]}
antre_db_pool_wait_seconds_bucket{le="+Inf",pool="writes"} ${waits[1]}
antre_db_pool_wait_seconds_count{pool="writes"} ${waits[1]}
antre_payment_gateway_calls_total{call="create",result="created"} ${creates}
process_cpu_seconds_total 12.5
`);

test('figures are what has grown since the first reading', () => {
  expect(figuresOf(metrics(3, [10, 10], 100), metrics(8, [60, 110], 150), 10)).toEqual({
    limited: { orders: 5 },
    shed: {},
    poolWaitMs: { writes: 100 },
    createsPerSecond: 5,
  });
});

const settled = { orders: 600, paid: 400, p50Ms: 700, p99Ms: 1200 };
const calm = { limited: {}, shed: {}, poolWaitMs: { writes: 5 }, createsPerSecond: 50, busyCores: 1.2 };
const machine = { cores: 4, apiProcesses: 2 };

test('what limited a rate is named by the evidence for it, and nothing is named without', () => {
  expect(limitedBy({ cores: { API: 0.6, Postgres: 0.5 }, settled }, calm, machine)).toEqual([]);
  expect(limitedBy({ cores: { API: 1.8, worker: 0.2 }, settled }, calm, machine)).toEqual([
    'the processor of API (1.8 of 2 cores)',
  ]);
  expect(limitedBy({ cores: { worker: 0.9 }, settled }, calm, machine)).toEqual([
    'the processor of worker (0.9 of 1 cores)',
  ]);
  const seen = limitedBy(
    { cores: {}, settled: { ...settled, p99Ms: 9000 } },
    { limited: { orders: 7 }, shed: { loop: 2 }, poolWaitMs: { writes: 100 }, createsPerSecond: 50, busyCores: 3 },
    machine,
  );
  expect(seen).toEqual([
    'the limit "orders" (7 answers of 429)',
    'other programs on the machine, which keep 3.0 of 4 cores busy',
    'the database pool "writes" (p99 of the wait up to 100 ms)',
    'shedding, because of "loop" (2 answers of 503)',
    'payments: 50 a second were made at the gateway (MIDTRANS_CREATES_PER_SECOND), and orders waited for them',
  ]);
});

const latencies = createLatencies();
for (const ms of [10, 20, 30]) latencies.add(ms);
const stepAt = (offered: number): Step => ({
  offered,
  seconds: 15,
  classes: { browse: { counted: 3, perSecond: offered * 0.85, statuses: { 200: 3 }, latencies } },
  all: latencies,
  goodput: offered,
  refusedShare: 0,
  unexplained: 0,
  unexplainedBy: {},
  settled,
  cores: {},
  faults: [],
});
const rehearsal: Rehearsal = {
  event: { name: 'Senja', slug: 'senja' },
  people: 6000,
  at: '2027-03-05T12:00:00.000Z',
  place: { cpu: 'a processor', cores: 4, apiProcesses: 2, hasEdge: true },
  room: undefined,
  peak: 978,
  rates: [
    { step: stepAt(500), missed: [], limits: [] },
    { step: stepAt(978), missed: [], limits: [] },
    { step: stepAt(1467), missed: ['orders p95 230 ms'], limits: ['the processor of API (1.9 of 2 cores)'] },
  ],
  cores: { nginx: 0.3, API: 2.4, worker: 0.4, PgBouncer: 0.1, Postgres: 1.2, Redis: 0.1 },
  opening: {
    people: 6000,
    seconds: 90,
    step: stepAt(978),
    limits: [],
    places: 1000,
    sold: 700,
    held: 100,
    room: undefined,
  },
  auditFaults: [],
  ended: ['rehearsal-x-rates is called off'],
  chart: 'senja.svg',
};

test('the page says first whether it holds, then for how many people, what limits and what to run', () => {
  const page = verdictPage(rehearsal);
  expect(page).toContain('**It holds.** 6,000 people make up to 978 requests a second.');
  expect(page).toContain('This stack held 978 a second, which is enough for 6,006 people.');
  expect(page).toContain('What limited first, at 1,467 a second: the processor of API (1.9 of 2 cores).');
  expect(page).toContain(
    'p50 700 ms, p99 1,200 ms. Of 1,000 places 700 were sold, 100 held by orders that nobody paid, and 200 not sold.',
  );
  expect(page).toContain('**3 API processes and 1 worker**');
  expect(page).toContain('| 978 | held |');
  expect(page).toContain('| 1,467 | not held: orders p95 230 ms |');
  expect(page).toContain('The audit is clean');
  expect(page).toContain('rehearsal-x-rates is called off');
});

test('a sale that does not hold says how many people it is enough for, and faults of the audit are shown', () => {
  const page = verdictPage({
    ...rehearsal,
    rates: rehearsal.rates.filter(({ step }) => step.offered !== 978),
    auditFaults: ['stock.adds_up: evt_1'],
  });
  expect(page).toContain('**It does not hold.**');
  expect(page).toMatch(/held 500 a second, which is enough for 3,0\d\d people/);
  expect(page).toContain('**The audit found faults:**');
  expect(page).not.toContain('The audit is clean');
  const accident = { step: stepAt(250), missed: ['orders p95 230 ms'], limits: ['an accident'] };
  expect(verdictPage({ ...rehearsal, rates: [accident, ...rehearsal.rates] })).not.toContain('an accident');
  const nothing = verdictPage({ ...rehearsal, rates: [], opening: undefined });
  expect(nothing).toContain('It was not played, since no rate was held.');
});

test('the page of a staging copy says where it was, what nobody did there, and what cannot be seen', () => {
  const unpaid = (rate: number) => ({ ...stepAt(rate), settled: { orders: 30, paid: 0, p50Ms: 0, p99Ms: 0 } });
  const page = verdictPage({
    ...rehearsal,
    place: { address: 'https://staging.example', generatorCores: 2, isPaid: false },
    rates: [{ step: unpaid(500), missed: [], limits: [] }],
    cores: undefined,
    auditFaults: undefined,
  });
  expect(page).toContain('against https://staging.example, from a machine with 2 cores.');
  expect(page).toContain('; nobody paid.');
  expect(page).toContain('| nobody paid |');
  expect(page).toContain('## What cannot be seen from outside');
  expect(page).toContain('nobody paid (`--sandbox`)');
  expect(page).not.toContain('The audit is clean');
  expect(page).not.toContain('one core each');
});

test('the opening of an event with a waiting room is not played from outside, and the page says why', () => {
  const page = verdictPage({
    ...rehearsal,
    place: { address: 'https://staging.example', generatorCores: 2, isPaid: true },
    room: { rateMax: 10 },
    opening: undefined,
  });
  expect(page).toContain('people join the waiting room with an address that they have confirmed');
  expect(page).not.toContain('nobody paid');
});
