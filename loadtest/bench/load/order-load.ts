import type { closedLoop } from '../../generator/closed-loop.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { auditFaults } from '../harness/audit.ts';
import { countOrders, emptyOutbox } from '../harness/count-orders.ts';
import { type Load, against, measure } from '../harness/measure.ts';
import type { BenchOptions } from '../harness/options.ts';
import { oneTicketOf, orderRequests } from './order-requests.ts';
import { peakMemoryMiB } from '../harness/processors.ts';
import type { BenchReport, Measurement } from '../harness/report.ts';
import { stackFacts } from '../harness/server-figures.ts';
import type { ApiOptions } from '../harness/api-environment.ts';
import { type BenchStack, partsOf } from '../harness/stack.ts';

/** More than any run can sell. */
export const endlessCapacity = 100_000_000;

/** An event with one category, which by default no run can sell out. */
export function hotEvent(stack: BenchStack, capacity = endlessCapacity): Promise<TestEvent> {
  return createEvent(stack.open.db, {
    event: { ticketsPerBuyerMax: 6, holdSeconds: 86_400 },
    categories: [{ capacity }],
  });
}

/** Orders of one ticket for the one category of a new event, every 201 counted against rows. */
export async function hotCategory(stack: BenchStack): Promise<Load> {
  return loadOn(stack, await hotEvent(stack));
}

/** Orders of one ticket for the one category of an existing event. */
export async function loadOn(stack: BenchStack, event: TestEvent): Promise<Load> {
  await emptyOutbox(stack.owner.db);
  const counter = countOrders(stack.owner.db, [event.id], { tickets: 1, lines: 1 });
  return {
    next: orderRequests([oneTicketOf(event)]),
    counts: ({ status }) => status === 201,
    ...counter,
  };
}

/** Starts the API, measures one load on it, and stops it. */
export async function measureOn(
  stack: BenchStack,
  what: {
    readonly name: string;
    readonly api: ApiOptions;
    readonly connections: number;
    readonly options: BenchOptions;
    readonly faults: string[];
    readonly prepare?: () => Promise<Load>;
    readonly drive?: typeof closedLoop;
    readonly middleBy?: 'p99Ms';
  },
): Promise<Measurement> {
  const api = await stack.startApi(what.api);
  try {
    const measured = await measure({
      prepare: () => hotCategory(stack),
      ...what,
      port: api.port,
      parts: partsOf(stack, api),
    });
    if (measured.perSecond === 0) what.faults.push(`${what.name}: nothing that counts was answered`);
    return { ...measured, note: `API's memory at most ${Math.max(...api.pids.map(peakMemoryMiB))} MiB` };
  } finally {
    await api.stop();
  }
}

/**
 * Where the transaction per order did well in the bench of orders; also for one callback, scan or join per transaction. More connections are
 * refused by the pool.
 */
const controlPool = 16;
const controlConnections = 64;
export const fixedControl = {
  api: { writes: 'one_by_one', environment: { DATABASE_WRITE_POOL_SIZE: String(controlPool) } },
  connections: controlConnections,
  said: `pool of ${controlPool}, ${controlConnections} connections`,
} as const satisfies { api: ApiOptions; connections: number; said: string };

/** The same load on the product and on the transaction per order. Ours first, with its ratio. */
export async function measureBothWays(
  stack: BenchStack,
  what: Omit<Parameters<typeof measureOn>[1], 'api'>,
): Promise<[Measurement, Measurement]> {
  const { api, connections } = fixedControl;
  const control = await measureOn(stack, { ...what, name: '  control: one transaction per order', api, connections });
  return [against(control, await measureOn(stack, { ...what, api: {} })), control];
}

/** The report of loads that were measured both ways, with the audit of what they wrote. */
export async function reportOf(
  stack: BenchStack,
  { measurements, faults, connections }: Pick<BenchReport, 'measurements' | 'faults'> & { connections: number },
): Promise<BenchReport> {
  return {
    measurements,
    faults: [...faults, ...(await auditFaults(stack))],
    facts: { ...(await stackFacts(stack)), connections, control: fixedControl.said },
  };
}
