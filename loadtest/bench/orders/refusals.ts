import { countOrders, emptyOutbox } from '../harness/count-orders.ts';
import { type Load, against } from '../harness/measure.ts';
import type { BenchOptions } from '../harness/options.ts';
import { hotEvent, measureBothWays, measureOn, reportOf } from '../load/order-load.ts';
import { oneTicketOf, orderRequests } from '../load/order-requests.ts';
import type { BenchReport } from '../harness/report.ts';
import { type BenchStack, startBenchStack } from '../harness/stack.ts';

const lastTickets = 100;
const connections = 128;
const bar = { perSecondMin: 20_000 };

/** Orders after the sell-out: the cost of the refused crowd. */
export async function benchRefusals(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('refusals', options);
  const faults: string[] = [];
  const shared = { connections, options, faults, prepare: () => soldOutLoad(stack) };
  try {
    const name = 'refusals after sell-out, 1 API process';
    const [one, control] = await measureBothWays(stack, { ...shared, name });
    const two = await measureOn(stack, {
      ...shared,
      name: 'refusals after sell-out, 2 API processes',
      api: { processes: 2 },
    });
    const measurements = [{ ...one, bar }, against(control, two, bar), control];
    return await reportOf(stack, { measurements, faults, connections });
  } finally {
    await stack.close();
  }
}

/** The warm-up of the load sells the last tickets before the measurement. What follows is refused. */
async function soldOutLoad(stack: BenchStack): Promise<Load> {
  await emptyOutbox(stack.owner.db);
  const event = await hotEvent(stack, lastTickets);
  const { onAnswer, check } = countOrders(stack.owner.db, [event.id], { tickets: 1, lines: 1 });
  let others = '';
  return {
    next: orderRequests([oneTicketOf(event)]),
    onAnswer,
    counts: ({ status, body }) => {
      const isSoldOut = status === 409 && body.includes('"stock.sold_out"');
      if (!isSoldOut) others = `${status} ${body.toString().slice(0, 200)}`;
      return isSoldOut;
    },
    check: async () => [...(await check()), ...(others === '' ? [] : [`something other than a refusal: ${others}`])],
  };
}
