import type { RouteClass } from '../route-rules.ts';

/**
 * The partitions of a limit: paying and the door, placing orders, and the rest. Callbacks (class 0) belong to none:
 * they always begin, use slots that would be lent, and never a guaranteed one.
 */
export type Partition = 0 | 1 | 2;

export const partitions: readonly Partition[] = [0, 1, 2];
export const shares = [0.5, 0.3, 0.2] as const;

export function partitionOf(routeClass: RouteClass): Partition {
  if (routeClass <= 1) return 0;
  return routeClass === 2 ? 1 : 2;
}

/** Slots that a partition gets whenever it asks, whatever the others do. Together never more than the limit. */
export function guaranteedCalls(partition: Partition, limit: number): number {
  return Math.max(1, Math.floor(shares[partition] * limit));
}

/** Calls in flight, by partition. */
export type CallsInFlight = {
  limit: number;
  enter(routeClass: RouteClass): void;
  leave(routeClass: RouteClass): void;
  /**
   * Whether one more call of the partition may begin: a slot is free, or only callbacks occupy the partition's own slot.
   */
  mayBegin(partition: Partition): boolean;
  /** Whether it uses fewer slots than guaranteed. */
  isBelowShare(partition: Partition): boolean;
  readonly inflight: number;
  readonly used: readonly number[];
  readonly exempt: number;
};

export function createCallsInFlight(limit: number): CallsInFlight {
  const used: [number, number, number] = [0, 0, 0];
  let exempt = 0;
  const inUse = (): number => used[0] + used[1] + used[2];
  const calls: CallsInFlight = {
    limit,
    enter: (routeClass) => {
      if (routeClass === 0) exempt += 1;
      else used[partitionOf(routeClass)] += 1;
    },
    leave: (routeClass) => {
      if (routeClass === 0) exempt -= 1;
      else used[partitionOf(routeClass)] -= 1;
    },
    mayBegin: (partition) => {
      const taken = inUse();
      return taken + exempt < calls.limit || (taken < calls.limit && calls.isBelowShare(partition));
    },
    isBelowShare: (partition) => used[partition] < guaranteedCalls(partition, calls.limit),
    get inflight() {
      return inUse() + exempt;
    },
    get used() {
      return [...used];
    },
    get exempt() {
      return exempt;
    },
  };
  return calls;
}
