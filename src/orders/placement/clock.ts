import { systemClock } from '../../platform/clock.ts';

/**
 * Until when a placement call may decide, by Postgres' clock, and what is not known of earlier calls with the same orders.
 *
 * A call that was given up may still wait somewhere: in PgBouncer, in a stopped Postgres, for the lane. Were it to decide
 * after its orders were sent again and refused, they would exist although their buyers were told they do not. So each
 * call carries its last moment, and a refusal counts only once every earlier call is past its own.
 */
export type PlacementClock<Item extends object> = {
  /** What the next call is sent with: its last moment by Postgres' clock, in milliseconds since 1970. */
  start(): { readonly notAfterMs: number; readonly sentAt: number };
  /** Postgres' time when it decided a call; learns how its clock differs from ours. */
  decided(decidedAtMs: number): void;
  /** Whether a call sent then must have been decided in time, had the clocks agreed. */
  isInTime(sentAt: number): boolean;
  /** Nobody knows what became of a call with these orders. */
  lost(items: readonly Item[], sentAt: number): void;
  /** Whether an earlier call may still place this order. */
  isOpen(item: Item): boolean;
};

/** Less than the deadline of a call to Postgres, so that what is sent again after that finds the first call over. */
export const callMs = 2500;
/** How much of what was learnt is doubted at each call: a clock that was set back is followed within a minute. */
const doubtMs = 1;

export function createPlacementClock<Item extends object>(
  clock: { readonly wallMs: () => number; readonly nowMs: () => number } = {
    wallMs: () => systemClock.now().getTime(),
    nowMs: () => performance.now(),
  },
): PlacementClock<Item> {
  /** Postgres' clock is ahead of ours by at least this: each answer tells that much, less the time it was on its way. */
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
