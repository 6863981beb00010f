import { systemClock } from '../../platform/clock.ts';

/**
 * The deadline of each placement call, by Postgres' clock, and the calls whose outcome is unknown.
 *
 * A call that we gave up may still wait in PgBouncer, in a stopped Postgres, or for the lane. If it ran after its orders were sent
 * again and refused, those orders would exist although their buyers were told that they do not. Each call therefore carries a
 * deadline, and a refusal is final only when every earlier call with the order is past its deadline.
 */
export type PlacementClock<Item extends object> = {
  /** The deadline of the next call by Postgres' clock, in milliseconds since 1970, and our own time of sending. */
  start(): { readonly notAfterMs: number; readonly sentAt: number };
  /** Takes Postgres' time of a decision, and learns from it how the two clocks differ. */
  decided(decidedAtMs: number): void;
  /** Whether a call sent at this time would still be before its deadline if the clocks agreed. */
  isInTime(sentAt: number): boolean;
  /** Records that the outcome of a call with these orders is unknown. */
  lost(items: readonly Item[], sentAt: number): void;
  /** Whether an earlier call may still place this order. */
  isOpen(item: Item): boolean;
};

/** Less than the deadline of a call to Postgres: when orders are sent again after that, the first call is over. */
export const callMs = 2500;
/** The known difference shrinks by this at each call. A clock that was set back is followed within a minute. */
const doubtMs = 1;

export function createPlacementClock<Item extends object>(
  clock: { readonly wallMs: () => number; readonly nowMs: () => number } = {
    wallMs: () => systemClock.now().getTime(),
    nowMs: () => performance.now(),
  },
): PlacementClock<Item> {
  /** A lower bound of how far Postgres' clock is ahead of ours. Each answer shows the difference minus its own travel time. */
  let aheadMs: number | undefined;
  const openUntil = new WeakMap<Item, number>();
  return {
    start: () => ({ notAfterMs: clock.wallMs() + (aheadMs ?? 0) + callMs, sentAt: clock.nowMs() }),
    decided: (decidedAtMs) => {
      const seen = decidedAtMs - clock.wallMs();
      aheadMs = aheadMs === undefined ? seen : Math.max(seen, aheadMs - doubtMs);
    },
    isInTime: (sentAt) => clock.nowMs() - sentAt < callMs,
    lost: (items, sentAt) => {
      for (const item of items) openUntil.set(item, sentAt + callMs);
    },
    isOpen: (item) => (openUntil.get(item) ?? 0) > clock.nowMs(),
  };
}
