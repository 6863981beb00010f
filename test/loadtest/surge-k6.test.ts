import { expect, test } from 'vitest';
import { type K6Step, coresShareMax, droppedShareMax, faultOf, stepOf } from '../../loadtest/surge-k6.ts';

const trend = (count: number, p95: number, ok: boolean) => ({
  type: 'trend',
  values: { count, med: 3, 'p(95)': p95, 'p(99)': 2 * p95, max: 300 },
  thresholds: { 'p(95)<200': { ok } },
});
const count = (value: number) => ({ type: 'counter', values: { count: value, rate: 1 } });

test('a step is read from what k6 writes', () => {
  const step = stepOf(
    100,
    0.4,
    10,
    JSON.stringify({
      'http_req_duration{class:browse}': trend(850, 12, true),
      'http_req_duration{class:orders}': trend(60, 210, false),
      'http_req_duration{class:joins}': trend(0, 0, true),
      iterations: count(900),
      dropped_iterations: count(4),
      refused: { type: 'rate', values: { rate: 0.002, passes: 2, fails: 898 } },
      unexplained_5xx: count(1),
    }),
  );
  expect(step).toEqual({
    offered: 100,
    cores: 0.4,
    begun: 900,
    dropped: 4,
    refusedShare: 0.002,
    unexplained: 1,
    classes: { browse: { perSecond: 85, p95: 12, p99: 24 }, orders: { perSecond: 6, p95: 210, p99: 420 } },
    crossed: ['http_req_duration{class:orders} p(95)<200'],
  });
});

const held: K6Step = {
  offered: 100,
  cores: 0.5,
  begun: 1000,
  dropped: 0,
  refusedShare: 0,
  unexplained: 0,
  classes: {},
  crossed: [],
};

test('a rate counts until k6 takes the cores, drops iterations, or the service crosses a threshold', () => {
  expect(faultOf(held, 2)).toBeUndefined();
  expect(faultOf({ ...held, cores: 2 * coresShareMax + 0.01 }, 2)).toContain('k6 used');
  expect(faultOf({ ...held, begun: 1000, dropped: 1000 * droppedShareMax }, 2)).toBeUndefined();
  expect(faultOf({ ...held, begun: 1000, dropped: 20 }, 2)).toBe('k6 dropped 2.0 % of the iterations');
  const late = {
    ...held,
    dropped: 200,
    crossed: ['dropped_iterations count<10', 'http_req_duration{class:orders} p(95)<200'],
  };
  expect(faultOf(late, 2)).toBe('the service crossed http_req_duration{class:orders} p(95)<200');
  expect(faultOf({ ...held, crossed: ['refused rate<0.01'] }, 2)).toBe('the service crossed refused rate<0.01');
});
