import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Settled, Stage } from '../../bench/surge/step.ts';
import { createLatencies } from '../../generator/latencies.ts';
import type { Buyers } from './buyers.ts';
import type { FollowedCallbacks } from './callbacks.ts';
import type { Copy } from '../copies/copy-event.ts';
import { loadOfBuyers } from './local-stage.ts';
import type { Organizer } from '../copies/organizer.ts';

const settleDeadlineMs = 120_000;
const lookEveryMs = 1000;
const pageSize = 100;
const pagesMax = 200;

const orderSchema = z.object({
  placedAt: z.coerce.date(),
  paidAt: z.coerce.date().optional(),
  buyer: z.object({ email: z.string().optional() }),
});
type Order = z.output<typeof orderSchema>;

export type StagingStageDeps = {
  readonly address: URL;
  readonly organizer: Organizer;
  readonly buyers: Buyers;
  /** Undefined if nobody pays. */
  readonly callbacks: FollowedCallbacks | undefined;
  /** Other events that people look at. */
  readonly otherSlugs: readonly string[];
};

/** A copy on a deployment elsewhere as the stage of the mix. The fate of orders is read from the organiser's list. */
export function stagingStage(deps: StagingStageDeps, copy: Copy): Stage {
  const { address, organizer, buyers, callbacks, otherSlugs } = deps;
  return {
    to: address,
    classes: ['browse', 'orders', 'status', 'check-ins'],
    parts: () => ({}),
    loadOf: async (name) => {
      if (name === 'joins') throw new Error('nobody joins a waiting room from outside');
      return loadOfBuyers({ to: address, buyers, otherSlugs, roomSlug: undefined }, copy, name);
    },
    callbacksSince: async (fromMs) => (await callbacks?.since(fromMs)) ?? { latencies: createLatencies(), inTime: 0 },
    untilSettled: async () => (callbacks === undefined ? [] : untilPaid(organizer, copy)),
    settledSince: (since) => settledSince(organizer, copy, since),
  };
}

/**
 * Waits until every paying buyer has paid, and free orders have their tickets.
 * @returns what is unfinished, in words
 */
export async function untilPaid(organizer: Organizer, copy: Copy): Promise<string[]> {
  const until = performance.now() + settleDeadlineMs;
  while (performance.now() < until) {
    if (!(await hasWaiting(organizer, copy))) return [];
    await pause(lookEveryMs);
  }
  return [`after ${settleDeadlineMs / 1000} s orders wait for their payment`];
}

async function hasWaiting(organizer: Organizer, copy: Copy): Promise<boolean> {
  for (const status of ['pending_payment', 'closing'])
    for await (const { buyer } of ordersOf(organizer, copy, `status=${status}&`))
      if (buyer.email?.startsWith('pays.') === true) return true;
  return false;
}

async function settledSince(organizer: Organizer, copy: Copy, since: Date): Promise<Settled> {
  const tookMs: number[] = [];
  let orders = 0;
  for await (const { placedAt, paidAt } of ordersOf(organizer, copy, '')) {
    if (placedAt < since) break;
    orders += 1;
    if (paidAt !== undefined) tookMs.push(paidAt.getTime() - placedAt.getTime());
  }
  tookMs.sort((one, other) => one - other);
  const at = (share: number) => tookMs[Math.max(0, Math.ceil(share * tookMs.length) - 1)] ?? 0;
  return { orders, paid: tookMs.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Newest first, 20,000 at most. */
async function* ordersOf(organizer: Organizer, { id }: Copy, filter: string): AsyncGenerator<Order> {
  let cursor = '';
  for (let page = 0; page < pagesMax; page += 1) {
    const body = await organizer.send('GET', `/events/${id}/orders?${filter}limit=${pageSize}${cursor}`);
    const { data, nextCursor } = pageSchema.parse(body);
    yield* data;
    if (typeof nextCursor !== 'string') return;
    cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
  }
}

const pageSchema = z.object({ data: z.array(orderSchema), nextCursor: z.string().nullish() });
