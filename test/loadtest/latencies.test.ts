import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLatencies } from '../../loadtest/generator/latencies.ts';

const bucketMs = 0.1;

test('a percentile is the latency below which that share stays, to a tenth of a millisecond', () => {
  const times = fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.9, 0.99, 0.999, 1), (given, share) => {
      const latencies = createLatencies();
      for (const time of given) latencies.add(time);
      const sorted = [...given].sort((one, other) => one - other);
      const exact = sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
      expect(latencies.percentile(share)).toBeGreaterThanOrEqual(exact);
      expect(latencies.percentile(share)).toBeLessThanOrEqual(exact + bucketMs + 1e-6);
      expect(latencies.max).toBe(sorted.at(-1));
      expect(latencies.count).toBe(given.length);
    }),
    { numRuns: 50 },
  );
});

test('without latencies there is no percentile, and a request without an answer counts as a minute', () => {
  const latencies = createLatencies();
  expect(latencies.percentile(0.99)).toBe(0);
  latencies.add(3_600_000);
  expect(latencies.percentile(0.5)).toBe(60_000);
  expect(latencies.max).toBe(3_600_000);
});
