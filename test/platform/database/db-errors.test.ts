import { DrizzleQueryError } from 'drizzle-orm/errors';
import { describe, expect, test } from 'vitest';
import {
  isConflict,
  isOutcomeUnknown,
  isUnavailable,
  sqlState,
  violatedConstraint,
} from '../../../src/platform/database/db-errors.ts';

/** Guards the caller's advice about a failed call: try again, ask again with the same ids, or report a fault. */

const failed = (code: string, more: object = {}) =>
  new DrizzleQueryError('select 1', [], Object.assign(new Error(code), { code, ...more }));

describe('a failed call', () => {
  test.each([
    // code, met another, fate unknown, database down
    ['40001', true, false, true],
    ['40P01', true, false, true],
    ['CONNECTION_CLOSED', false, true, true],
    ['CONNECTION_DESTROYED', false, true, true],
    ['CONNECT_TIMEOUT', false, true, true],
    ['ECONNREFUSED', false, true, true],
    ['ECONNRESET', false, true, true],
    ['DEADLINE', false, true, true],
    ['57P01', false, true, true],
    ['08P01', false, true, true],
    ['53300', false, false, true],
    ['55P03', false, false, true],
    ['57014', false, false, true],
    ['POOL_FULL', false, false, true],
    ['23505', false, false, false],
    ['23514', false, false, false],
    ['22003', false, false, false],
    ['42P01', false, false, false],
  ])('%s', (code, met, unknown, away) => {
    for (const error of [failed(code), Object.assign(new Error('bare'), { code })]) {
      expect(sqlState(error)).toBe(code);
      expect([isConflict(error), isOutcomeUnknown(error), isUnavailable(error)]).toEqual([met, unknown, away]);
    }
  });

  test('an error that is no database error is none of these', () => {
    for (const error of [
      new Error('x'),
      undefined,
      'CONNECTION_CLOSED',
      { code: '40001' },
      new TypeError('y', { cause: 3 }),
    ]) {
      expect([sqlState(error), isConflict(error), isOutcomeUnknown(error), isUnavailable(error)]).toEqual([
        undefined,
        false,
        false,
        false,
      ]);
    }
  });

  test('names the constraint it met', () => {
    expect(violatedConstraint(failed('23505', { constraint_name: 'orders_idempotency' }))).toBe('orders_idempotency');
    expect(violatedConstraint(failed('40001'))).toBeUndefined();
  });
});
