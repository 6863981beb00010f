import { type Health, type PaceLimit, nextAdmissionRate, paceLimitOf } from './admission-rate.ts';
import { type ServedNext, type ServedRoom, catchUpSecondsMax } from './queries.ts';
import { type Seen, nextShowRatio } from './show-ratio.ts';
import { type EventStock, judgeStock } from './stop-rule.ts';

/** Facts from outside the room that decide its next second. */
export type Surroundings = {
  readonly health: Health | undefined;
  readonly stock: EventStock;
  readonly isPaymentBusy: boolean;
  /** Payments that can be made for all rooms of the organizer together. */
  readonly paymentsPerSecond: number;
  /** Places exchanged since the last second, as reported together with the health. */
  readonly exchanged: number;
};

/** A room's next second, and what decides how fast it calls. */
type NextServing = ServedNext & { readonly limit: PaceLimit };

/**
 * The next second of an open room; `sold_out` when nothing is left to wait for. Pure. Serving includes what the old
 * rate has called since the row was written, and never exceeds the number of places.
 */
export function nextServing(room: ServedRoom, around: Surroundings): NextServing | 'sold_out' {
  const elapsed = Math.min(room.elapsed_seconds, catchUpSecondsMax);
  const serving = Math.max(room.serving, Math.min(room.serving + room.rate * elapsed, room.places));
  const exchanged = room.exchanged + around.exchanged;
  const still = {
    phase: room.phase,
    serving,
    rate: 0,
    admissionRate: room.admission_rate,
    showRatio: room.show_ratio,
    lapsedBelow: room.lapsed_below,
    exchanged,
  };
  if (room.is_still) return { ...still, limit: 'standstill' };

  const showRatio = showRatioOf(room, around.health, { serving, exchanged });
  const inside = {
    called: serving - (room.turn_serving ?? 0),
    orders: room.orders - (room.turn_orders ?? 0),
    showRatio,
  };
  const verdict = judgeStock(around.stock, inside, room.phase === 'probably_sold_out');
  if (verdict.kind === 'sold_out') return 'sold_out';
  const lapsedBelow = Math.max(room.lapsed_below, Math.floor(room.turn_serving ?? 0));
  if (verdict.kind === 'probably_sold_out')
    return { ...still, phase: 'probably_sold_out', showRatio, lapsedBelow, limit: 'stock' };

  const pace = {
    admissionRate: room.admission_rate,
    rateMax: room.rate_max,
    health: around.health,
    ...paymentsOf(room, around),
  };
  const admissionRate = nextAdmissionRate(pace);
  const wanted = admissionRate / showRatio;
  return {
    phase: 'open',
    serving,
    rate: Math.min(wanted, verdict.callMax),
    admissionRate,
    showRatio,
    lapsedBelow,
    exchanged,
    limit: verdict.callMax < wanted ? 'stock' : paceLimitOf(pace),
  };
}

/** Free tickets are bounded neither by the gateway nor by other rooms. */
function paymentsOf(room: ServedRoom, { isPaymentBusy, paymentsPerSecond }: Surroundings) {
  if (room.is_free) return { isPaymentBusy: false, paymentsPerSecond: Infinity };
  const rivals = room.rival_rates === '' ? [] : room.rival_rates.split(',').map(Number);
  return { isPaymentBusy, paymentsPerSecond: paymentShare(paymentsPerSecond, room.rate_max, rivals) };
}

/**
 * Checked once per mark: more often would give the same result. The ratio stays while nothing is known of the API processes:
 * exchanges that are not reported would look like buyers who do not come, and ever more would be called.
 */
function showRatioOf(room: ServedRoom, health: Health | undefined, now: Called): number {
  if (health === undefined || !room.is_mark_due) return room.show_ratio;
  return nextShowRatio(room.show_ratio, [
    ...seenSince({ serving: room.minute_serving, exchanged: room.minute_exchanged }, now),
    ...seenSince({ serving: room.turn_serving, exchanged: room.turn_exchanged }, now),
  ]);
}

type Called = { readonly serving: number; readonly exchanged: number };

/** Nothing if the room is younger. */
function seenSince({ serving, exchanged }: { [Name in keyof Called]: Called[Name] | null }, now: Called): Seen[] {
  if (serving === null || exchanged === null) return [];
  return [{ called: now.serving - serving, exchanged: now.exchanged - exchanged }];
}

/**
 * One room's part of the payments per second of its organizer, when other rooms of the organizer are open: max-min
 * fair. A room that wants less than an equal part gets what it wants; the rest is divided among the others. Each room
 * computes its share from the same rows, and together the shares never exceed the total. Pure.
 * @param paymentsPerSecond for all rooms
 * @param wanted the rate that the organizer has set for this room
 * @param others the rates of the other rooms, in any order
 */
export function paymentShare(paymentsPerSecond: number, wanted: number, others: readonly number[]): number {
  let left = paymentsPerSecond;
  let rooms = others.length + 1;
  for (const rate of others.toSorted((one, other) => one - other)) {
    if (rate >= wanted || rate * rooms >= left) break;
    left -= rate;
    rooms -= 1;
  }
  return Math.min(wanted, left / rooms);
}
