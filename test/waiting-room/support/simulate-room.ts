import type { Health } from '../../../src/waiting-room/admission/admission-rate.ts';
import type { ServedRoom } from '../../../src/waiting-room/admission/queries.ts';
import { nextServing } from '../../../src/waiting-room/admission/next-serving.ts';
import type { EventStock } from '../../../src/waiting-room/admission/stop-rule.ts';

/** A room in virtual time: the same step as the worker's, with marks in an array and buyers who come, or do not. */
export type SimulatedBuyers = {
  /** Of those who are called, how many come. */
  readonly show: number;
  /** How long after being called they come, at the most. */
  readonly lagSeconds: number;
  /** Of those who come, how many order, and how many tickets. */
  readonly order?: number;
  readonly tickets?: number;
};

export type SimulatedSecond = {
  readonly at: number;
  readonly phase: 'open' | 'probably_sold_out' | 'over';
  readonly serving: number;
  readonly came: number;
  readonly admissionRate: number;
  readonly showRatio: number;
  readonly lapsedBelow: number;
};

export type Simulation = {
  readonly seconds: number;
  readonly places: number;
  readonly rateMax: number;
  readonly turnSeconds?: number;
  readonly capacity?: number;
  readonly paymentsPerSecond?: number;
  readonly buyers: SimulatedBuyers;
  readonly health?: (second: number, came: number) => Health | undefined;
  /** A scheduler's seconds are not all equally long. */
  readonly tickSeconds?: () => number;
  readonly random: () => number;
};

type Mark = { readonly at: number; readonly serving: number; readonly orders: number; readonly exchanged: number };

const fine: Health = { placementP95Ms: 30, shedRatio: 0, poolWaitMs: 0 };

export function simulateRoom(options: Simulation): SimulatedSecond[] {
  const { buyers, places, rateMax, turnSeconds = 300, capacity = 1e9 } = options;
  const arrivals = new Map<number, number>();
  const marks: Mark[] = [{ at: 0, serving: 0, orders: 0, exchanged: 0 }];
  const markAt = (now: number) => marks.findLast((mark) => mark.at <= now);
  const history: SimulatedSecond[] = [];
  let room = {
    phase: 'open' as 'open' | 'probably_sold_out',
    serving: 0,
    rate: 0,
    admissionRate: rateMax / 2,
    showRatio: 1,
    lapsedBelow: 0,
    exchanged: 0,
  };
  let now = 0;
  let orders = 0;
  let unreported = 0;
  while (now < options.seconds) {
    const elapsed = options.tickSeconds?.() ?? 1;
    const before = now;
    now += elapsed;
    const came = arrivalsBetween(arrivals, before, now);
    const ordered = Math.round(came * (buyers.order ?? 1));
    const sold = Math.min(capacity, (orders + ordered) * (buyers.tickets ?? 2));
    orders = Math.floor(sold / (buyers.tickets ?? 2));
    const last = marks.at(-1);
    const turn = markAt(now - turnSeconds);
    const minute = markAt(now - 60);
    const isMarkDue = last === undefined || now - last.at >= 5;
    const read: ServedRoom = {
      organizer_id: 'org',
      phase: room.phase,
      serving_at: '',
      read_at: '',
      elapsed_seconds: elapsed,
      places,
      serving: room.serving,
      rate: room.rate,
      rate_max: rateMax,
      admission_rate: room.admissionRate,
      show_ratio: room.showRatio,
      lapsed_below: room.lapsedBelow,
      exchanged: room.exchanged,
      is_still: false,
      is_free: false,
      rival_rates: '',
      hold_seconds: 900,
      is_mark_due: isMarkDue,
      orders: isMarkDue ? orders : (last?.orders ?? 0),
      turn_serving: turn?.serving ?? null,
      turn_orders: turn?.orders ?? null,
      turn_exchanged: turn?.exchanged ?? null,
      minute_serving: minute?.serving ?? null,
      minute_exchanged: minute?.exchanged ?? null,
    };
    const ticketsPerOrder = orders < 20 ? null : sold / orders;
    const stock: EventStock = { capacity, available: capacity - sold, held: 0, sold, blocked: 0, ticketsPerOrder };
    const health = options.health === undefined ? fine : options.health(now, came);
    unreported += came;
    const next = nextServing(read, {
      health,
      stock,
      // Both come through Redis. What was exchanged while it is away is reported afterwards.
      exchanged: health === undefined ? 0 : unreported,
      isPaymentBusy: false,
      paymentsPerSecond: options.paymentsPerSecond ?? 1e6,
    });
    if (health !== undefined) unreported = 0;
    if (next === 'sold_out') {
      history.push({ at: now, ...room, phase: 'over', came });
      break;
    }
    call(arrivals, room.serving, next.serving, now, options);
    if (isMarkDue) marks.push({ at: now, serving: next.serving, orders: read.orders, exchanged: next.exchanged });
    room = next;
    history.push({ at: now, ...room, came });
  }
  return history;
}

/** People who come do so within the lag. */
function call(
  arrivals: Map<number, number>,
  from: number,
  to: number,
  now: number,
  { buyers, random }: Simulation,
): void {
  for (let position = Math.ceil(from); position < to; position += 1) {
    if (random() >= buyers.show) continue;
    const at = Math.floor(now + random() * buyers.lagSeconds);
    arrivals.set(at, (arrivals.get(at) ?? 0) + 1);
  }
}

function arrivalsBetween(arrivals: Map<number, number>, from: number, to: number): number {
  let sum = 0;
  for (const [at, count] of arrivals) {
    if (at >= to) continue;
    sum += count;
    arrivals.delete(at);
  }
  return from < to ? sum : 0;
}

/** mulberry32 (T. Ettinger, public domain): small, and the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
