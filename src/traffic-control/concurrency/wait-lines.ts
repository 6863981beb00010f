import type { RouteClass } from '../route-rules.ts';
import { type Partition, type CallsInFlight, partitionOf, partitions, shares } from './partitions.ts';
import type { RefusalCause } from './refusals-seen.ts';
import { type WaitLine, createWaitLine, waitMsOverloaded } from './wait-line.ts';

/** The lines of all partitions of one limit; together at most twice the limit. */
export type WaitLines<Waiter> = {
  /** Adds a waiter. In a full line it may replace one whose partition has more than its share. */
  join(waiter: Waiter, now: number): 'line_full' | undefined;
  /** Grants slots: first to partitions whose own slot was lent out, then by importance. */
  grant(now: number): void;
  /** Refuses waiters that have waited too long. */
  refuseLate(now: number): void;
  /** Whether one more waiter would most likely be refused. */
  isHopeless(routeClass: RouteClass, answersPerSecond: number, now: () => number): boolean;
  sawRoom(partition: Partition, now: number): void;
  length(partition: Partition): number;
  readonly queued: number;
};

type Waits = { readonly class: RouteClass; readonly deadline: number };

/** Waiters allowed, relative to the limit. */
const lineFactor = 2;

export function createWaitLines<Waiter extends Waits>(
  calls: CallsInFlight,
  ends: { grant: (waiter: Waiter, now: number) => void; refuse: (waiter: Waiter, cause: RefusalCause) => void },
  startedAt: number,
): WaitLines<Waiter> {
  const newLine = (): WaitLine<Waiter> => createWaitLine(startedAt);
  const lines = [newLine(), newLine(), newLine()] as const;
  let queued = 0;

  const lineMax = (): number => lineFactor * calls.limit;
  const hasItsShare = (partition: Partition): boolean => lines[partition].length >= shares[partition] * lineMax();

  const refuse = (waiter: Waiter, cause: RefusalCause): void => {
    queued -= 1;
    ends.refuse(waiter, cause);
  };

  const evictOne = (): boolean => {
    const overShare = partitions.findLast((other) => lines[other].length > shares[other] * lineMax());
    const evicted = overShare === undefined ? undefined : lines[overShare].evict();
    if (evicted !== undefined) refuse(evicted, 'evicted');
    return evicted !== undefined;
  };

  const admitOne = (partition: Partition, now: number): boolean => {
    const line = lines[partition];
    while (line.length > 0 && calls.mayBegin(partition)) {
      const waiter = line.take(now);
      if (waiter === undefined) return false;
      if (line.length === 0) line.sawRoom(now);
      if (waiter.deadline <= now) refuse(waiter, 'deadline');
      else {
        queued -= 1;
        ends.grant(waiter, now);
        return true;
      }
    }
    return false;
  };

  return {
    join: (waiter, now) => {
      const partition = partitionOf(waiter.class);
      if (queued >= lineMax() && (hasItsShare(partition) || !evictOne())) return 'line_full';
      lines[partition].push(waiter, now);
      queued += 1;
      return undefined;
    },
    grant: (now) => {
      if (queued === 0 && calls.inflight < calls.limit) for (const line of lines) line.sawRoom(now);
      for (const partition of partitions) while (calls.isBelowShare(partition) && admitOne(partition, now));
      for (const partition of partitions) while (admitOne(partition, now));
    },
    refuseLate: (now) => {
      for (const partition of partitions) {
        const late = lines[partition].removeLate(now, calls.isBelowShare(partition));
        for (const { waiter, cause } of late) refuse(waiter, cause);
      }
    },
    isHopeless: (routeClass, answersPerSecond, now) => {
      if (routeClass === 0) return false;
      const partition = partitionOf(routeClass);
      if (calls.mayBegin(partition) || calls.isBelowShare(partition)) return false;
      if (queued >= lineMax() && hasItsShare(partition)) return true;
      const line = lines[partition];
      return line.length >= Math.max(1, (answersPerSecond * waitMsOverloaded) / 1000) && line.isOverloaded(now());
    },
    sawRoom: (partition, now) => lines[partition].sawRoom(now),
    length: (partition) => lines[partition].length,
    get queued() {
      return queued;
    },
  };
}
