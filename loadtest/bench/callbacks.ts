import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../src/platform/database/db.ts';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { demoMidtransAccount } from '../../sandbox/demo-accounts.ts';
import { type AnswerCount, countAnswers } from './harness/count-answers.ts';
import { auditFaults } from './harness/audit.ts';
import { insertOrdersInPayment } from './fill/bulk-orders.ts';
import { insertPaymentAccount } from './fill/payment-account.ts';
import { callbackRequest } from './load/callback-requests.ts';
import { emptyOutbox } from './harness/count-orders.ts';
import { type Load, against } from './harness/measure.ts';
import { type BenchOptions, warmupSeconds } from './harness/options.ts';
import { fixedControl, measureOn } from './load/order-load.ts';
import type { BenchReport } from './harness/report.ts';
import { stackFacts } from './harness/server-figures.ts';
import { type BenchStack, say, startBenchStack } from './harness/stack.ts';

const connections = 128;
/** Attempts made per second of a run: more than any run has used. */
const attemptsPerSecond = 25_000;
const repeats = 10;
/** Other callbacks between two deliveries of the same callback. */
const between = 100;

/**
 * Gateway callbacks, verified, durably stored and acknowledged: first each for an attempt of its own, then each ten times.
 */
export async function benchCallbacks(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('callbacks', options);
  const faults: string[] = [];
  try {
    const inTurn = (number: number) => number;
    const tenTimes = (number: number) => Math.floor(number / (repeats * between)) * between + (number % between);
    const control = await measureOn(stack, {
      name: '  control: one call and one commit per callback',
      api: fixedControl.api,
      connections: fixedControl.connections,
      options,
      faults,
      prepare: () => callbackLoad(stack, options, inTurn),
    });
    const shared = { api: {}, connections, options, faults };
    const each = await measureOn(stack, {
      ...shared,
      name: 'callbacks, each of its own attempt',
      prepare: () => callbackLoad(stack, options, inTurn),
    });
    const repeated = await measureOn(stack, {
      ...shared,
      name: `callbacks, each sent ${repeats} times`,
      prepare: () => callbackLoad(stack, options, tenTimes),
    });
    return {
      measurements: [
        against(control, each, { perSecondMin: 5000, p99MsBelow: 500 }),
        control,
        { ...against(each, repeated, { ratioMin: 1 }), note: 'x the figure of distinct ones' },
      ],
      faults: [...faults, ...(await auditFaults(stack))],
      facts: {
        ...(await stackFacts(stack)),
        connections,
        control: fixedControl.said,
      },
    };
  } finally {
    await stack.close();
  }
}

/** @param attemptOf the attempt of request n, from 0 */
async function callbackLoad(
  stack: BenchStack,
  options: BenchOptions,
  attemptOf: (request: number) => number,
): Promise<Load> {
  const attempts = (options.seconds + warmupSeconds) * attemptsPerSecond;
  const event = await paidEvent(stack, attempts);
  let sent = 0;
  const stored = countAnswers(({ status, body }) => status === 200 && body.includes('"stored"'));
  let ranOut = false;
  return {
    next: () => {
      const attempt = attemptOf(sent);
      sent += 1;
      if (attempt >= attempts) ranOut = true;
      return callbackRequest(event, demoMidtransAccount, attempt % attempts);
    },
    counts: ({ status }) => status === 200,
    onAnswer: stored.onAnswer,
    check: async () => [
      ...(ranOut ? ['the attempts ran out: some callbacks were duplicates by mistake'] : []),
      ...(await compareWithRows(stack.owner.db, event, stored)),
    ],
  };
}

/** An event with orders that wait for payment, and an account at the gateway. */
export async function paidEvent(stack: BenchStack, attempts: number): Promise<TestEvent> {
  say(`making ${attempts} payment attempts`);
  await emptyOutbox(stack.owner.db);
  const event = await createEvent(stack.open.db, { categories: [{ capacity: attempts }] });
  await insertPaymentAccount(stack.owner.db, event);
  await insertOrdersInPayment(stack.owner.db, event, { first: 0, last: attempts - 1 });
  await stack.owner.db.execute(sql`vacuum (analyze) payment_attempts`);
  return event;
}

/** Checks that every answer of `stored` has one row with its payload and one staged job, and that there are no others. */
async function compareWithRows(db: Db, event: TestEvent, stored: AnswerCount): Promise<string[]> {
  const [row] = await rowsOf<{ callbacks: number; payloads: number; staged: number }>(
    db,
    sql`select (select count(*)::int from callbacks where organizer_id = ${event.organizer.id}) as callbacks,
               (select count(*)::int from callback_payloads p join callbacks c on c.id = p.callback_id
                where c.organizer_id = ${event.organizer.id}) as payloads,
               (select coalesce(sum(coalesce(jsonb_array_length(payload -> 'callbacks'), 1)), 0)::int from outbox
                where name in ('payment.apply_callback', 'payment.apply_callbacks')) as staged`,
  );
  const isCounted = stored.explains([row?.callbacks, row?.payloads, row?.staged]);
  return isCounted ? [] : [`${stored.said('stored')}, but rows ${JSON.stringify(row)}`];
}
