import { setTimeout as pause } from 'node:timers/promises';
import { cpus } from 'node:os';
import type { Supervised } from '../../../deploy/local/host/supervisor.ts';
import { type BenchEdge, startEdge } from '../controls/edge.ts';
import type { BenchOptions } from '../harness/options.ts';
import type { Parts } from '../harness/processors.ts';
import { type BenchApi, type BenchStack, partsOf, startBenchStack } from '../harness/stack.ts';
import { endlessCapacity } from '../load/order-load.ts';
import type { OrderShape } from '../load/order-requests.ts';
import { type GatewaySink, startGatewaySink } from '../load/start-gateway-sink.ts';
import { type MailSink, startMailSink } from '../load/start-mail-sink.ts';
import { startWorkers } from '../load/start-workers.ts';
import { roomBeforeItsDraw } from '../queue/joins.ts';
import { openSale } from '../settle/follow-orders.ts';
import { paidShare } from './mix.ts';
import { type PlacedOrders, createPlacedOrders } from './mix-requests.ts';

const events = 10;
const categoriesEach = 5;
/** One network through nginx in production (`deploy/nginx/nginx.conf`). */
const edgeRequestsPerSecond = 400;
/** Processes read the rooms once a second. */
const knownAfterMs = 2500;

/**
 * The whole product on this machine: nginx, API, worker, and all servers behind them, with a gateway and a mail server
 * beside it.
 */
export type SurgeWorld = {
  readonly stack: BenchStack;
  readonly api: BenchApi;
  readonly edge: BenchEdge;
  readonly gateway: GatewaySink;
  readonly mails: MailSink;
  readonly workers: readonly Supervised[];
  readonly organizerId: string;
  /** Seven of ten orders are for one event. */
  readonly shapes: readonly OrderShape[];
  /** The most wanted event comes first. */
  readonly slugs: readonly string[];
  readonly roomSlug: string;
  readonly placed: PlacedOrders;
  parts(): Parts;
  close(): Promise<void>;
};

/**
 * @param holdSeconds of unpaid orders; the product's default when missing
 * @throws if there is no nginx and none can be downloaded
 */
export async function openSurgeWorld(options: BenchOptions, holdSeconds?: number): Promise<SurgeWorld> {
  // No process has a core of its own: with everything running, the scheduler shares two cores better than we could.
  const stack = await startBenchStack('surge', { ...options, pin: false });
  const [gateway, mails] = [await startGatewaySink(), await startMailSink()];
  try {
    const urls = { MIDTRANS_SNAP_URL: gateway.url, MIDTRANS_API_URL: gateway.url };
    const processes = Math.max(1, Math.floor(cpus().length / 2));
    const api = await stack.startApi({ environment: urls, processes });
    const edge = await startEdge(stack, api.port, edgeRequestsPerSecond);
    if (typeof edge === 'string') throw new Error(`The surge goes through nginx, which was ${edge}`);
    const capacity = Math.floor(endlessCapacity / 10);
    const sale = await openSale(
      { stack, api: { ...api, port: edge.port }, gateway },
      {
        events,
        categories: categoriesEach,
        capacity,
        payShare: paidShare,
        ...(holdSeconds !== undefined && { holdSeconds }),
      },
    );
    const workers = await startWorkers(stack, options, {
      count: processes,
      environment: { ...urls, SMTP_URL: mails.url },
    });
    const room = await roomBeforeItsDraw(stack);
    await pause(knownAfterMs);
    const parts = () => ({
      ...partsOf(stack, api),
      worker: workers.map((worker) => worker.pid()),
      nginx: edge.pids,
      outside: [gateway.pid, mails.pid],
    });
    return {
      stack,
      api,
      edge,
      gateway,
      mails,
      workers,
      organizerId: sale.organizerId,
      shapes: hotFirst(sale.shapes),
      slugs: [...new Set(sale.shapes.map(({ slug }) => slug))],
      roomSlug: room.slug,
      placed: createPlacedOrders(),
      parts,
      close: async () => {
        await Promise.all([...workers.map((worker) => worker.stop()), edge.stop(), api.stop()]);
        await Promise.all([gateway.stop(), mails.stop()]);
        await stack.close();
      },
    };
  } catch (error) {
    await Promise.all([gateway.stop(), mails.stop()]);
    await stack.close();
    throw error;
  }
}

/** Seven orders of the first category for every three of all the others. */
function hotFirst(shapes: readonly OrderShape[]): OrderShape[] {
  const [hot, ...others] = shapes;
  if (hot === undefined) throw new Error('nothing is on sale');
  return others.flatMap((other, place) => (place % 3 === 0 ? Array.from({ length: 7 }, () => hot) : []).concat(other));
}
