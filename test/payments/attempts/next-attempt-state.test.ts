import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Effect } from '../../../src/payments/attempts/attempt-moves.ts';
import { type Claim, nextAttemptState } from '../../../src/payments/attempts/next-attempt-state.ts';
import {
  type AttemptStatus,
  type GatewayState,
  attemptStatuses,
  gatewayStates,
} from '../../../src/payments/vocabulary.ts';

/**
 * Guards promise 3: any number, order and interleaving of callbacks ends where the gateway is. The model is the gateway's
 * own graph; a read-back shows its state at some moment not before the callback that asked for it.
 */

const steps: Readonly<Record<string, readonly GatewayState[]>> = {
  not_started: ['pending', 'settled', 'captured'],
  pending: ['settled', 'captured', 'review', 'denied', 'expired', 'cancelled', 'failed'],
  review: ['captured', 'denied'],
  captured: ['settled', 'cancelled', 'charged_back', 'partially_charged_back'],
  settled: ['denied', 'partially_refunded', 'refunded', 'charged_back', 'partially_charged_back'],
  partially_refunded: ['partially_refunded', 'refunded'],
  partially_charged_back: ['charged_back'],
  expired: ['settled'],
  cancelled: [],
  denied: [],
  failed: [],
  refunded: [],
  charged_back: [],
};

const success = new Set<GatewayState>([
  'captured',
  'settled',
  'refunded',
  'partially_refunded',
  'charged_back',
  'partially_charged_back',
]);

function claimOf(state: GatewayState): Claim {
  if (success.has(state)) return { state, signedClass: 'success' };
  return { state, signedClass: state === 'pending' || state === 'review' ? 'waiting' : 'failure' };
}

/** A life at the gateway, as a walk over its graph. `expired` after money is not possible, money after `expired` is. */
const history = fc.array(fc.nat(), { minLength: 1, maxLength: 6 }).map((choices) => {
  const walk: GatewayState[] = [];
  let hadMoney = false;
  for (const choice of choices) {
    const options = (steps[walk.at(-1) ?? 'not_started'] ?? []).filter((state) => !(hadMoney && state === 'expired'));
    const next = options[choice % Math.max(1, options.length)];
    if (next === undefined) break;
    hadMoney ||= success.has(next);
    walk.push(next);
  }
  return walk;
});

/** The fate of the money: it is with us, it is not, or it came and went. */
type Money = { received: number; left: number };

class Attempt {
  status: AttemptStatus = 'pending';
  money: Money = { received: 0, left: 0 };

  apply(claim: Claim, truth: () => GatewayState): void {
    const decision = nextAttemptState(this.status, claim, 'callback');
    if (decision.kind === 'move') this.move(decision.to, decision.effects);
    if (decision.kind !== 'read_back') return;
    const known = nextAttemptState(this.status, claimOf(truth()), 'read_back', claim.signedClass === 'success');
    expect(known.kind).not.toBe('read_back');
    if (known.kind === 'move') this.move(known.to, known.effects);
  }

  private move(to: AttemptStatus, effects: readonly Effect[]): void {
    this.status = to;
    for (const effect of effects) {
      if (effect === 'receive') this.money = { received: this.money.received + 1, left: this.money.left + 1 };
      if (effect === 'book_loss') this.money.left = 0;
      if (effect === 'sync_refunds' && to === 'refunded') this.money.left = 0;
      if (effect === 'pass_through') this.money.received += 1;
    }
  }
}

/** The state that an attempt must have once everything was reported. */
function fold(walk: readonly GatewayState[]): { statuses: AttemptStatus[]; money: Money } {
  const last = walk.at(-1) ?? 'pending';
  const received = walk.some((state) => success.has(state)) ? 1 : 0;
  const gone = received === 1 && ['denied', 'cancelled', 'refunded', 'charged_back'].includes(last);
  const money = { received, left: gone ? 0 : received };
  if (last === 'denied' && received === 1) return { statuses: ['reversed'], money };
  if (last === 'cancelled' && received === 1) return { statuses: ['voided'], money };
  // A partial chargeback is a task for a person; the attempt keeps its state.
  if (last === 'partially_charged_back') return { statuses: ['captured', 'settled'], money };
  if (last === 'not_started') return { statuses: ['pending'], money };
  return { statuses: [last], money };
}

describe('any order of callbacks', () => {
  test('with duplicates ends in the gateway’s state, with the same money', () => {
    const scenario = history
      .filter((walk) => walk.length > 0)
      .chain((walk) =>
        fc.record({
          walk: fc.constant(walk),
          deliveries: fc
            .tuple(
              fc.shuffledSubarray([...walk.keys()], { minLength: walk.length }),
              fc.array(fc.nat({ max: walk.length - 1 }), { maxLength: 8 }),
            )
            .chain(([each, again]) =>
              fc.shuffledSubarray([...each, ...again], { minLength: each.length + again.length }),
            ),
          delays: fc.array(fc.nat({ max: 6 }), { minLength: 20, maxLength: 20 }),
        }),
      );
    fc.assert(
      fc.property(scenario, ({ walk, deliveries, delays }) => {
        const attempt = new Attempt();
        let latest = 0;
        deliveries.forEach((index, turn) => {
          // The gateway never forgets: every delivered or shown state has happened there.
          latest = Math.max(latest, index, Math.min(walk.length - 1, latest + (delays[turn % delays.length] ?? 0)));
          attempt.apply(claimOf(walk[index] ?? 'pending'), () => walk[latest] ?? 'pending');
        });
        const expected = fold(walk);
        expect(expected.statuses).toContain(attempt.status);
        expect(attempt.money).toEqual(expected.money);
      }),
      { numRuns: 20_000, seed: 20261120 },
    );
  });

  test('of all 120 orders of five callbacks ends the same', () => {
    const walk: GatewayState[] = ['pending', 'captured', 'settled', 'partially_refunded', 'refunded'];
    for (const order of permutations([...walk.keys()])) {
      const attempt = new Attempt();
      for (const index of order) attempt.apply(claimOf(walk[index] ?? 'pending'), () => 'refunded');
      expect([attempt.status, attempt.money]).toEqual(['refunded', { received: 1, left: 0 }]);
    }
  });
});

describe('trust', () => {
  test('a callback alone never reduces value and never reopens a closed attempt', () => {
    for (const status of attemptStatuses) {
      for (const state of gatewayStates) {
        for (const signedClass of ['success', 'waiting', 'failure'] as const) {
          const decision = nextAttemptState(status, { state, signedClass }, 'callback');
          if (decision.kind !== 'move') continue;
          const isWaiting = ['creating', 'unknown', 'pending', 'review', 'authorized'].includes(status);
          expect(isWaiting || (status === 'captured' && decision.to === 'settled')).toBe(true);
          expect(decision.effects.filter((effect) => effect !== 'receive')).toEqual([]);
          if (decision.effects.includes('receive')) expect(signedClass).toBe('success');
        }
      }
    }
  });

  test('a settlement with the signature of another status code is refused', () => {
    for (const signedClass of ['waiting', 'failure'] as const) {
      for (const state of ['settled', 'captured'] as const) {
        expect(nextAttemptState('pending', { state, signedClass }, 'callback').kind).toBe('refuse');
      }
    }
  });

  test('an attempt that we closed and the gateway has open is closed again', () => {
    expect(nextAttemptState('expired', claimOf('pending'), 'callback').kind).toBe('read_back');
    expect(nextAttemptState('expired', claimOf('pending'), 'read_back').kind).toBe('close_again');
  });

  test('a gateway that no longer reports money is a contradiction, not a refund', () => {
    expect(nextAttemptState('settled', claimOf('pending'), 'read_back').kind).toBe('contradiction');
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}
