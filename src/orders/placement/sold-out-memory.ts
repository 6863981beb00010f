import { LRUCache } from 'lru-cache';
import type { Db } from '../../platform/database/db.ts';
import { createGroupCommit } from '../../platform/database/group-commit.ts';
import { findKnownKeys } from './queries.ts';

/**
 * Categories that this process knows to be sold out. Orders go on arriving after the last ticket; they are refused from this memory,
 * without a turn in the event's lane. Only keys that already have an order pass. All waiting keys are looked up together, in one read.
 */
export type SoldOutMemory = {
  /** Records that the placement call found nothing left in this category. */
  note(eventId: string, ticketCategoryId: string): void;
  /**
   * Whether one of the categories is sold out. After `soldOutMs` the first caller gets false, and so asks placement
   * again.
   */
  has(eventId: string, ticketCategoryIds: readonly string[]): boolean;
  /** Forgets the categories, after the placement call has sold some. */
  forget(eventId: string, ticketCategoryIds: readonly string[]): void;
  /** Whether the key, given as its hash in hex, has an order of the event or is being decided in this process. */
  isKeyKnown(eventId: string, keyHash: string): Promise<boolean>;
  /** Marks the key as being decided while `decision` runs. */
  deciding<T>(keyHash: string, decision: () => Promise<T>): Promise<T>;
};

/**
 * How long a category counts as sold out before placement is asked again. Returned tickets are on sale after at most
 * this time.
 */
export const soldOutMs = 250;
const categoriesMax = 10_000;
const keysPerRead = 500;
const keysWaitingMax = 20_000;
const keyDeadlineMs = 2000;

export function createSoldOutMemory(options: { db: Db; readsMax: number }): SoldOutMemory {
  const soldOutUntil = new LRUCache<string, number>({ max: categoriesMax });
  /** Requests with this key that are in the lane. Bounded by the lane. */
  const beingDecided = new Map<string, number>();
  const keys = createGroupCommit<string, boolean>({
    name: 'order_keys',
    batchMax: keysPerRead,
    queueMax: keysWaitingMax,
    deadlineMs: keyDeadlineMs,
    flushesMax: options.readsMax,
    flush: async (eventId, batch) => {
      const known = await findKnownKeys(options.db, eventId, batch);
      return batch.map((keyHash) => known.has(keyHash));
    },
  });
  const nameOf = (eventId: string, ticketCategoryId: string) => `${eventId} ${ticketCategoryId}`;
  return {
    note: (eventId, ticketCategoryId) => {
      soldOutUntil.set(nameOf(eventId, ticketCategoryId), performance.now() + soldOutMs);
    },
    has: (eventId, ticketCategoryIds) => {
      if (soldOutUntil.size === 0) return false;
      const now = performance.now();
      const remembered = ticketCategoryIds.map((id) => nameOf(eventId, id)).filter((name) => soldOutUntil.has(name));
      if (remembered.some((name) => (soldOutUntil.get(name) ?? 0) > now)) return true;
      // This caller asks placement again. The others are refused until it has the answer or `soldOutMs` is over.
      for (const name of remembered) soldOutUntil.set(name, now + soldOutMs);
      return false;
    },
    forget: (eventId, ticketCategoryIds) => {
      if (soldOutUntil.size > 0) for (const id of ticketCategoryIds) soldOutUntil.delete(nameOf(eventId, id));
    },
    isKeyKnown: (eventId, keyHash) =>
      beingDecided.has(keyHash) ? Promise.resolve(true) : keys.submit(eventId, keyHash),
    deciding: async (keyHash, decision) => {
      beingDecided.set(keyHash, (beingDecided.get(keyHash) ?? 0) + 1);
      try {
        return await decision();
      } finally {
        const others = (beingDecided.get(keyHash) ?? 1) - 1;
        if (others === 0) beingDecided.delete(keyHash);
        else beingDecided.set(keyHash, others);
      }
    },
  };
}
