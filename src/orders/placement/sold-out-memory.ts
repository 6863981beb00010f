import type { Db } from '../../platform/database/db.ts';
import { createGroupCommit } from '../../platform/database/group-commit.ts';
import { findKnownKeys } from './queries.ts';

/**
 * What this process knows to be sold out. After the last ticket the crowd does not go home at once; its orders are then
 * refused from here, without a turn in the event's lane. Only a key that has made an order already takes its way to it:
 * all keys that wait are looked up together, in one read.
 */
export type SoldOutMemory = {
  /** The placement call has found nothing left in this category. */
  note(eventId: string, ticketCategoryId: string): void;
  /** Of those who ask after `soldOutMs`, one is told no, to find out. */
  has(eventId: string, ticketCategoryIds: readonly string[]): boolean;
  /** The placement call has sold some. */
  forget(eventId: string, ticketCategoryIds: readonly string[]): void;
  /** Whether the key, given as its hash in hex, has made an order of the event, or is being decided in this process. */
  isKeyKnown(eventId: string, keyHash: string): Promise<boolean>;
  /** Says of a key that it is being decided, for as long as `decision` takes. */
  deciding<T>(keyHash: string, decision: () => Promise<T>): Promise<T>;
};

/** How long a category counts as sold out before placement is asked again: what comes back is on sale within this. */
export const soldOutMs = 250;
const categoriesMax = 10_000;
const keysPerRead = 500;
const keysWaitingMax = 20_000;
const keyDeadlineMs = 2000;

export function createSoldOutMemory(options: { db: Db; readsMax: number }): SoldOutMemory {
  const soldOutUntil = new Map<string, number>();
  /** How many requests with this key are in the lane. Bounded as the lane is. */
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
      // Bounded: an attacker cannot name categories that do not exist, but the number of events has no end.
      if (soldOutUntil.size >= categoriesMax) soldOutUntil.clear();
      soldOutUntil.set(nameOf(eventId, ticketCategoryId), performance.now() + soldOutMs);
    },
    has: (eventId, ticketCategoryIds) => {
      if (soldOutUntil.size === 0) return false;
      const now = performance.now();
      const remembered = ticketCategoryIds.map((id) => nameOf(eventId, id)).filter((name) => soldOutUntil.has(name));
      if (remembered.some((name) => (soldOutUntil.get(name) ?? 0) > now)) return true;
      // This one asks placement again, for all who come until it has its answer, or fails to bring one.
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
