import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type Mutant, withoutGuards } from '../../drills/world/mutants.ts';
import { createLatencies } from '../../generator/latencies.ts';
import { timedResult } from '../../generator/tally.ts';
import { insertExpiredHolds } from '../fill/expired-holds.ts';
import { insertPaymentAccount } from '../fill/payment-account.ts';
import { auditFaults } from '../harness/audit.ts';
import { against, watched } from '../harness/measure.ts';
import type { BenchOptions } from '../harness/options.ts';
import { type BenchReport, type MeasuredRun, measurementOf } from '../harness/report.ts';
import { partsOf, say, startBenchStack } from '../harness/stack.ts';
import { hotEvent } from '../load/order-load.ts';
import { startGatewaySink } from '../load/start-gateway-sink.ts';
import { startWorkers } from '../load/start-workers.ts';

/** Orders of one run for each requested second. */
const ordersPerSecond = 2000;
const lookEveryMs = 100;
const deadlineMs = 300_000;
const bar = { ratioMin: 2 };

/** Without the batched path, and by way of the queue: each order has ten statements and two transactions of its own. */
const oneByOne: Mutant = {
  without: 'orders that end together are read and written together',
  edits: [
    {
      file: 'src/payments/attempts/close-order.ts',
      text: 'await deps.closes.request(order.orderId)',
      instead: 'undefined as never',
    },
    { file: 'workers/handlers.ts', text: "  'order.closing',\n  'orders.unpaid',", instead: "  'orders.unpaid'," },
  ],
};

/**
 * Orders that nobody paid, from the end of their holds to the return of their places. Those of a rush come here together, half an hour
 * later. Each is closed at a gateway that answers at once. Compares one worker with itself without the batched path.
 * Latencies are from asking the gateway to the places that are back.
 */
export async function benchCloses(options: BenchOptions): Promise<BenchReport> {
  const faults: string[] = [];
  const runs = { together: [] as MeasuredRun[], alone: [] as MeasuredRun[] };
  for (let run = 1; run <= options.runs; run += 1)
    for (const way of ['alone', 'together'] as const) runs[way].push(await runOnce(options, way, faults));
  const control = measurementOf('  control: one by one', runs.alone);
  const ours = measurementOf('unpaid orders closed at the gateway, their places given back', runs.together);
  return {
    measurements: [against(control, ours, bar), control],
    faults,
    facts: { orders: options.seconds * ordersPerSecond, workers: 1 },
  };
}

async function runOnce(options: BenchOptions, way: 'alone' | 'together', faults: string[]): Promise<MeasuredRun> {
  const stack = await startBenchStack('closes', options);
  const gateway = await startGatewaySink();
  try {
    const event = await hotEvent(stack);
    await insertPaymentAccount(stack.owner.db, event);
    const count = options.seconds * ordersPerSecond;
    await insertExpiredHolds(stack.owner.db, event, count, 'pending');
    const left = async () => {
      const [row] = await rowsOf<{ count: number }>(
        stack.owner.db,
        sql`select count(*)::int as count from orders
            where event_id = ${event.id} and status in ('pending_payment', 'closing')`,
      );
      return row?.count ?? 0;
    };
    const workers = await startWorkers(stack, options, {
      count: 1,
      environment: { MIDTRANS_SNAP_URL: gateway.url, MIDTRANS_API_URL: gateway.url },
      plugins: way === 'alone' ? [withoutGuards(oneByOne)] : [],
    });
    const parts = { ...partsOf(stack), worker: workers.map((worker) => worker.pid()), gateway: [gateway.pid] };
    const result = await watched(
      parts,
      async () => {
        const began = performance.now();
        let now = await left();
        while (now > 0 && performance.now() - began < deadlineMs) {
          await pause(lookEveryMs);
          now = await left();
        }
        const seconds = (performance.now() - began) / 1000;
        if (now > 0) faults.push(`${way}: ${now} orders are not closed after ${deadlineMs / 1000} s`);
        const latencies = createLatencies();
        const closed = await rowsOf<{ ms: number }>(
          stack.owner.db,
          sql`select extract(epoch from o.closed_at - a.close_requested_at)::float8 * 1000 as ms
              from orders o join payment_attempts a on a.event_id = o.event_id and a.order_id = o.id
              where o.event_id = ${event.id} and o.status = 'expired'`,
        );
        for (const { ms } of closed) latencies.add(ms);
        return timedResult(latencies, seconds);
      },
      0,
    );
    say(`${way}: ${Math.round(result.perSecond)}/s`);
    for (const worker of workers) await worker.stop();
    faults.push(...(await auditFaults(stack)));
    return result;
  } finally {
    await gateway.stop();
    await stack.close();
  }
}
