import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUnavailable } from '../../../src/platform/database/db-errors.ts';
import { createGate } from '../../../src/platform/resilience/gate.ts';

/**
 * Guards that a scarce resource is used by a bounded number of callers, waited for by a bounded number, and never for
 * ever.
 */

const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a gate', () => {
  test('admits as many callers as there are places, and the others in turn', async () => {
    const gate = createGate(2, { waitingMax: 10, waitMs: 1000 });
    const leaveFirst = await gate.enter();
    await gate.enter();
    const order: number[] = [];
    const third = gate.enter().then((leave) => (order.push(3), leave));
    const fourth = gate.enter().then((leave) => (order.push(4), leave));
    expect([gate.inUse, gate.waiting]).toEqual([2, 2]);
    leaveFirst();
    (await third)();
    (await fourth)();
    expect(order).toEqual([3, 4]);
    expect([gate.inUse, gate.waiting]).toEqual([1, 0]);
  });

  test('counts a repeated release once', async () => {
    const gate = createGate(1, { waitingMax: 10, waitMs: 1000 });
    const leave = await gate.enter();
    leave();
    leave();
    expect(gate.inUse).toBe(0);
    await gate.enter();
    leave();
    expect(gate.inUse).toBe(1);
  });

  test('refuses at once when too many wait, and later a caller that has waited too long', async () => {
    const gate = createGate(1, { waitingMax: 1, waitMs: 50 });
    await gate.enter();
    const ended: string[] = [];
    const waiting = reasonOf(gate.enter()).finally(() => ended.push('waited'));
    const refused = reasonOf(gate.enter()).finally(() => ended.push('refused'));
    expect(isUnavailable(await refused)).toBe(true);
    expect(isUnavailable(await waiting)).toBe(true);
    expect(ended).toEqual(['refused', 'waited']);
    expect(gate.waiting).toBe(0);
  });

  test('a place that becomes free is not given to a caller whose wait is over', async () => {
    const gate = createGate(1, { waitingMax: 5, waitMs: 30 });
    const leave = await gate.enter();
    await reasonOf(gate.enter());
    leave();
    expect(gate.inUse).toBe(0);
    await expect(gate.enter()).resolves.toBeTypeOf('function');
  });

  test('never has more holders than places, in any sequence', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(3), { maxLength: 40 }),
        async (places, stays) => {
          const gate = createGate(places, { waitingMax: 100, waitMs: 1000 });
          let inside = 0;
          await Promise.all(
            stays.map(async (ticks) => {
              const leave = await gate.enter();
              inside += 1;
              expect(inside).toBeLessThanOrEqual(places);
              for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
              inside -= 1;
              leave();
            }),
          );
          expect([gate.inUse, gate.waiting]).toEqual([0, 0]);
        },
      ),
    );
  });
});
