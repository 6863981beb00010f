import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { countOrders, emptyOutbox } from '../harness/count-orders.ts';
import type { Load } from '../harness/measure.ts';
import type { BenchOptions } from '../harness/options.ts';
import { endlessCapacity, measureBothWays, reportOf } from '../load/order-load.ts';
import { type OrderShape, orderRequests } from '../load/order-requests.ts';
import type { BenchReport } from '../harness/report.ts';
import { type BenchStack, startBenchStack } from '../harness/stack.ts';

const events = 10;
const categoriesPerEvent = 5;
const linesPerOrder = 3;
const connections = 128;

/** Orders spread over many rows, and orders of several lines. */
export async function benchSpread(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('spread', options);
  const faults: string[] = [];
  const bothWays = (name: string, prepare: () => Promise<Load>) =>
    measureBothWays(stack, { name, connections, options, faults, prepare });
  try {
    const measurements = [
      ...(await bothWays(`${events * categoriesPerEvent} categories of ${events} events`, () => spreadLoad(stack))),
      ...(await bothWays(`orders of ${linesPerOrder} lines, one event`, () => linesLoad(stack))),
    ];
    return await reportOf(stack, { measurements, faults, connections });
  } finally {
    await stack.close();
  }
}

function eventWith(stack: BenchStack): Promise<TestEvent> {
  return createEvent(stack.open.db, {
    event: { ticketsPerBuyerMax: 6, holdSeconds: 86_400 },
    categories: Array.from({ length: categoriesPerEvent }, () => ({ capacity: endlessCapacity })),
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
  for (let event = 0; event < events; event += 1) made.push(await eventWith(stack));
  // Consecutive orders are for different events.
  const shapes = Array.from({ length: categoriesPerEvent }, (_, place) =>
    made.map(({ slug, categories }) => shape(slug, [categories[place]?.id ?? ''])),
  );
  return loadOf(stack, made, shapes.flat());
}

async function linesLoad(stack: BenchStack): Promise<Load> {
  await emptyOutbox(stack.owner.db);
  const event = await eventWith(stack);
  const ids = event.categories.map(({ id }) => id);
  const shapes = ids.map((_, first) =>
    shape(
      event.slug,
      Array.from({ length: linesPerOrder }, (__, line) => ids[(first + line) % ids.length] ?? ''),
    ),
  );
  return loadOf(stack, [event], shapes);
}

function shape(slug: string, categoryIds: readonly string[]): OrderShape {
  return { slug, lines: categoryIds.map((ticketCategoryId) => ({ ticketCategoryId, quantity: 1 })) };
}
