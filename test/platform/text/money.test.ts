import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountMax, amountSchema, money } from '../../../src/platform/text/money.ts';

/** Guards that amounts are whole numbers that nothing rounds. */

describe('money', () => {
  test('is a safe whole number in every form that the driver returns', () => {
    expect(money('150000', 'IDR')).toEqual({ amount: 150_000, currency: 'IDR' });
    expect(money(150_000n, 'IDR')).toEqual({ amount: 150_000, currency: 'IDR' });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: amountMax }), (amount) => money(String(amount), 'IDR').amount === amount),
    );
    for (const wrong of [0.5, Number.NaN, Infinity, 9_007_199_254_740_993n, '9007199254740993', '12,5', 'x']) {
      expect(() => money(wrong, 'IDR')).toThrow(RangeError);
    }
  });

  test('stays exact for a sum of many of the largest orders', () => {
    expect(amountMax * 100).toBeLessThan(Number.MAX_SAFE_INTEGER);
    expect(amountSchema.safeParse(amountMax).success).toBe(true);
    for (const wrong of [amountMax + 1, -1, 0.1, '5', null]) expect(amountSchema.safeParse(wrong).success).toBe(false);
  });
});
