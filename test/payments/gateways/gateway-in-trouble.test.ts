import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createCallGuard } from '../../../src/platform/resilience/call-guard.ts';
import { createRetryBudget, retryBudgetDefaults } from '../../../src/platform/resilience/retry-budget.ts';
import { RetryLater } from '../../../src/platform/jobs/retry-later.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import {
  type PaymentWorld,
  control,
  createPaidEvent,
  expectCleanBooks,
  openPaymentWorld,
} from '../../../testkit/payments/payment-world.ts';
import { attemptsOf } from '../../../testkit/payments/payment-rows.ts';
import { hurry, place } from '../../../testkit/payments/payment-jobs.ts';

/**
 * Guards that a failing gateway gets few calls: only probes while its circuit is open, and retries for at most a tenth of the calls. Also
 * guards that payments are made again as soon as it is back.
 */

const pauseMs = 300;
let world: PaymentWorld;
let event: TestEvent;
const calls: string[] = [];
/** When the circuit of the test's organiser opened first. */
let openedAt: number | undefined;
/** Of the budget of an organiser whose first call comes next. */
let { perSecondMin } = retryBudgetDefaults;

beforeAll(async () => {
  const guard = createCallGuard({
    toward: 'gateway',
    pauseMs,
    openBudget: () => createRetryBudget({ ...retryBudgetDefaults, perSecondMin }),
    onChange: () => (openedAt ??= performance.now()),
  });
  world = await openPaymentWorld({ guard, onCall: (call) => calls.push(call) });
});
beforeEach(async () => {
  await fetch(`${world.sandbox.url}/control/scenarios`, { method: 'DELETE' });
  event = await createPaidEvent(world);
  calls.length = 0;
  openedAt = undefined;
});
afterAll(async () => {
  await expectCleanBooks(world);
  await world.close();
});

type Placed = Awaited<ReturnType<typeof place>>;

/** Tries the payment of an order once, at once, as if its time had come. */
async function attempt(placed: Placed): Promise<'done' | 'later'> {
  await hurry(world, placed);
  try {
    await world.handlers['order.placed'](placed);
    return 'done';
  } catch (error) {
    if (error instanceof RetryLater) return 'later';
    throw error;
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test.each([500, 'hang'] as const)(
  'while the gateway answers by %s only probes reach it, and the first success closes the circuit',
  async (answer) => {
    await control(world, '/scenarios', { snap: { answer }, status: { answer } });
    const orders = await Promise.all(Array.from({ length: 30 }, () => place(world, event)));
    for (const placed of orders.slice(0, 5)) expect(await attempt(placed)).toBe('later');
    expect(calls).toHaveLength(5);

    const pauses = () => Math.floor((performance.now() - (openedAt ?? Number.NaN)) / pauseMs);
    for (let asked = 0; asked <= 10 || pauses() < 5; asked += 1) {
      const placed = orders[5 + (asked % 25)];
      if (placed !== undefined) expect(await attempt(placed)).toBe('later');
    }
    expect(calls.length - 5).toBeLessThanOrEqual(pauses());

    await fetch(`${world.sandbox.url}/control/scenarios`, { method: 'DELETE' });
    await pause(pauseMs + 50);
    let open = orders;
    for (let round = 0; round < 200 && open.length > 0; round += 1) {
      const left: Placed[] = [];
      for (const placed of open) if ((await attempt(placed)) === 'later') left.push(placed);
      open = left;
    }
    expect(open).toEqual([]);
    for (const placed of orders) expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'pending' }]);
  },
);

test('while the gateway fails now and then, it gets at most 1.1 times the usual calls', async () => {
  // Two of five fail: so few fail in a row that the breaker stays closed, and only the budget limits retries. What the budget gains by time
  // alone is left out, because a busy machine takes more of it.
  perSecondMin = 0;
  await control(world, '/scenarios', { snap: { answer: 503, probability: 0.4 } });
  event = await createPaidEvent(world, { categories: [{ capacity: 2000 }] });
  const waiting: Placed[] = [];
  // An impatient worker: for each new payment, four that wait are retried at once.
  const retry = async () => {
    const again = waiting.splice(0, 4);
    const answers = await Promise.all(again.map(attempt));
    waiting.push(...again.filter((_, index) => answers[index] === 'later'));
  };
  let firsts = 0;
  for (let round = 0; round < 100; round += 1) {
    const placed = await place(world, event);
    const before = calls.length;
    if ((await attempt(placed)) === 'later') waiting.push(placed);
    firsts += calls.length > before ? 1 : 0;
    await retry();
  }
  expect(firsts).toBeGreaterThan(50);
  expect(waiting.length).toBeGreaterThan(10);
  // The reserve, the probes, and the retries before the failures were noticed. Without a budget it is about 130 more.
  const besidesTheTenth = 40;
  expect(calls.length).toBeLessThanOrEqual(firsts * 1.1 + besidesTheTenth);
  await fetch(`${world.sandbox.url}/control/scenarios`, { method: 'DELETE' });
  for (let round = 0; round < 300 && waiting.length > 0; round += 1) {
    await attempt(await place(world, event));
    await retry();
  }
  expect(waiting).toEqual([]);
});
