import { orderAccessToken } from '../../../src/access/buyers/order-token.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { openLoop } from '../../generator/open-loop.ts';
import type { LoadResult } from '../../generator/tally.ts';
import { demoMidtransAccount } from '../../../sandbox/demo-accounts.ts';
import { benchOrderTokenSecret } from '../harness/api-environment.ts';
import { bulkOrderId } from '../fill/bulk-orders.ts';
import { callbackRequest } from './callback-requests.ts';
import { paidEvent } from '../callbacks.ts';
import { scanLoad } from '../check-ins.ts';
import type { Load } from '../harness/measure.ts';
import type { BenchOptions } from '../harness/options.ts';
import { networkAddress } from './order-requests.ts';
import type { BenchStack } from '../harness/stack.ts';

/** Requests that must succeed under any load: callbacks (class 0), reads of one's order and scans at the door (class 1). */
export type ImportantLoad = {
  run(port: number, seconds: { warmup: number; measured: number }): Promise<Important>;
};
export type Important = { readonly callbacks: LoadResult; readonly reads: LoadResult; readonly scans: LoadResult };

const importantPerSecond = { callbacks: 50, reads: 100, scans: 50 };
const connections = 32;
const networks = 5000;

/** @param secondsInAll the duration for which there are payments and tickets */
export async function importantLoad(
  stack: BenchStack,
  options: BenchOptions,
  secondsInAll: number,
): Promise<ImportantLoad> {
  const attempts = secondsInAll * importantPerSecond.callbacks;
  const event = await paidEvent(stack, attempts);
  const scans = await scanLoad(stack, { ...options, seconds: secondsInAll }, importantPerSecond.scans);
  const callbacks = callbacksOf(event);
  const reads = readsOf(event, attempts);
  return {
    run: async (port, { warmup, measured }) => {
      const drive = (load: Load, offeredPerSecond: number) =>
        openLoop({ to: port, connections, warmupSeconds: warmup, seconds: measured, offeredPerSecond, ...load });
      const [told, read, scanned] = await Promise.all([
        drive(callbacks, importantPerSecond.callbacks),
        drive(reads, importantPerSecond.reads),
        drive(scans, importantPerSecond.scans),
      ]);
      return { callbacks: told, reads: read, scans: scanned };
    },
  };
}

function callbacksOf(event: TestEvent): Load {
  let sent = 0;
  return {
    next: () => {
      sent += 1;
      return callbackRequest(event, demoMidtransAccount, sent - 1);
    },
    counts: ({ status }) => status === 200,
  };
}

function readsOf(event: TestEvent, orders: number): Load {
  let sent = 0;
  return {
    next: () => {
      sent += 1;
      const id = bulkOrderId(event, sent % orders);
      const token = orderAccessToken(benchOrderTokenSecret, id, 1);
      return `GET /v1/orders/${id} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\nx-forwarded-for: ${networkAddress(sent % networks)}\r\n\r\n`;
    },
    counts: ({ status }) => status === 200,
  };
}
