import { type TestEvent, createEvent } from '../../test/support/factories.ts';
import { auditFaults } from './audit.ts';
import { countOrders, emptyOutbox } from './count-orders.ts';
import { type Load, against } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { endlessCapacity, measureOn } from './order-load.ts';
import { type OrderShape, orderRequests } from './order-requests.ts';
import type { BenchReport, Measurement } from './report.ts';
import { poolerStats, serverSettings } from './server-figures.ts';
import { type BenchStack, startBenchStack } from './stack.ts';

const events = 10;
const categoriesPerEvent = 5;
const linesPerOrder = 3;
const lastTickets = 100;
const connections = 128;
/** Where the transaction per order did well in the bench of orders; more connections are refused by the pool. */
const controlPool = 16;
const controlConnections = 64;

/** Orders that do not all want the same row, orders of several lines, and orders when nothing is left. */
export async function benchSpread(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('spread', options);
  const faults: string[] = [];
  const bothWays = async (name: string, prepare: () => Promise<Load>, bar?: Measurement['bar']) => {
    const control = await measureOn(stack, {
      name: `  control: one transaction per order`,
      api: { writes: 'one_by_one', environment: { DATABASE_WRITE_POOL_SIZE: String(controlPool) } },
      connections: controlConnections,
      options,
      faults,
      prepare,
    });
    const ours = await measureOn(stack, { name, api: {}, connections, options, faults, prepare });
    return [against(control, ours, bar), control];
  };
  try {
    const measurements = [
      ...(await bothWays(`${events * categoriesPerEvent} categories of ${events} events`, () => spreadLoad(stack))),
      ...(await bothWays(`orders of ${linesPerOrder} lines, one event`, () => linesLoad(stack))),
      ...(await bothWays('refusals after sell-out', () => soldOutLoad(stack), { perSecondMin: 20_000 })),
    ];
    return {
      measurements,
      faults: [...faults, ...(await auditFaults(stack))],
      facts: {
        pinned: stack.pinned,
        connections,
        control: `pool of ${controlPool}, ${controlConnections} connections`,
        settings: await serverSettings(stack),
        'PgBouncer SHOW STATS': await poolerStats(stack),
      },
    };
  } finally {
    await stack.close();
  }
}

function eventWith(stack: BenchStack, categories: number, capacity: number): Promise<TestEvent> {
  return createEvent(stack.open.db, {
    event: { ticketsPerBuyerMax: 6, holdSeconds: 86_400 },
    categories: Array.from({ length: categories }, () => ({ capacity })),
  });
}

function loadOf(stack: BenchStack, made: readonly TestEvent[], shapes: readonly OrderShape[]): Load {
  const lines = shapes[0]?.lines.length ?? 1;
  const counter = countOrders(
    stack.owner.db,
    made.map(({ id }) => id),
    { tickets: lines, lines },
  );
  return { next: orderRequests(shapes), counts: ({ status }) => status === 201, ...counter };
}

async function spreadLoad(stack: BenchStack): Promise<Load> {
  await emptyOutbox(stack.owner.db);
  const made: TestEvent[] = [];
  for (let event = 0; event < events; event += 1)
    made.push(await eventWith(stack, categoriesPerEvent, endlessCapacity));
  // Neighbours in time are of different events.
  const shapes = Array.from({ length: categoriesPerEvent }, (_, place) =>
    made.map(({ slug, categories }) => shape(slug, [categories[place]?.id ?? ''])),
  );
  return loadOf(stack, made, shapes.flat());
}

async function linesLoad(stack: BenchStack): Promise<Load> {
  await emptyOutbox(stack.owner.db);
  const event = await eventWith(stack, categoriesPerEvent, endlessCapacity);
  const ids = event.categories.map(({ id }) => id);
  const shapes = ids.map((_, first) =>
    shape(
      event.slug,
      Array.from({ length: linesPerOrder }, (__, line) => ids[(first + line) % ids.length] ?? ''),
    ),
  );
  return loadOf(stack, [event], shapes);
}

/** The last tickets are sold before the measuring begins, by the load's own warm-up; what follows is refused. */
async function soldOutLoad(stack: BenchStack): Promise<Load> {
  await emptyOutbox(stack.owner.db);
  const event = await eventWith(stack, 1, lastTickets);
  const load = loadOf(stack, [event], [shape(event.slug, [event.categories[0]?.id ?? ''])]);
  let others = '';
  return {
    ...load,
    counts: ({ status, body }) => {
      const isSoldOut = status === 409 && body.includes('"stock.sold_out"');
      if (!isSoldOut) others = `${status} ${body.toString().slice(0, 200)}`;
      return isSoldOut;
    },
    check: async () => [
      ...((await load.check?.()) ?? []),
      ...(others === '' ? [] : [`something other than a refusal: ${others}`]),
    ],
  };
}

function shape(slug: string, categoryIds: readonly string[]): OrderShape {
  return { slug, lines: categoryIds.map((ticketCategoryId) => ({ ticketCategoryId, quantity: 1 })) };
}
