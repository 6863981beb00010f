import { createLatencies } from '../../generator/latencies.ts';
import { type Measurement, measurementOf } from '../harness/report.ts';

/** The stages of orders that are followed, and what is measured of each. */

/** Each stage with the one that it follows. Mail and WhatsApp message both follow the payment. */
const formerOf = {
  placed: 'placed',
  instructed: 'placed',
  'callback stored': 'instructed',
  paid: 'callback stored',
  mailed: 'paid',
  messaged: 'paid',
} as const;
export type Stage = keyof typeof formerOf;

export const stages = Object.keys(formerOf) as readonly Stage[];
/** Those of free orders, which are paid when they are placed, and of which only mails tell. */
export const freeStages: readonly Stage[] = ['placed', 'mailed'];

export type Followed = {
  /** When each order reached each stage, in milliseconds since 1970. */
  readonly moments: ReadonlyMap<Stage, ReadonlyMap<string, number>>;
  readonly faults: readonly string[];
};

/** A stage's rate from its first to its last order, and its delay after the stage before. */
export function stageMeasured(name: string, stage: Stage, { moments }: Followed): Measurement {
  const at = moments.get(stage) ?? new Map<string, number>();
  const former = formerOf[stage];
  const since = (other: Stage) => {
    const latencies = createLatencies();
    for (const [id, atMs] of at) {
      const began = moments.get(other)?.get(id);
      if (began !== undefined) latencies.add(Math.max(0, atMs - began));
    }
    return latencies;
  };
  const seconds = secondsOf(at);
  const whole = since('placed');
  const run = {
    seconds,
    counted: at.size,
    perSecond: at.size / seconds,
    statuses: {},
    latencies: since(former),
    cores: {},
  };
  return {
    ...measurementOf(former === stage ? `${name}: ${stage}` : `${name}: ${stage}, after ${former}`, [run]),
    note: `since placed: p50 ${Math.round(whole.percentile(0.5))} ms, p99 ${Math.round(whole.percentile(0.99))} ms`,
  };
}

/** Orders per second of a stage, from its first order to its last. */
export function rateOf(stage: Stage, { moments }: Followed): number {
  const at = moments.get(stage) ?? new Map<string, number>();
  return at.size / secondsOf(at);
}

function secondsOf(at: ReadonlyMap<string, number>): number {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const atMs of at.values()) {
    first = Math.min(first, atMs);
    last = Math.max(last, atMs);
  }
  return Math.max(0.001, (last - first) / 1000);
}

/** How many orders had reached a stage, by seconds since the first order was placed. */
export function curveOf(stage: Stage, { moments }: Followed): [seconds: number, orders: number][] {
  const times = (of: Stage) => [...(moments.get(of)?.values() ?? [])].toSorted((one, other) => one - other);
  const began = times('placed')[0] ?? 0;
  return times(stage).map((atMs, before) => [(atMs - began) / 1000, before + 1]);
}

const bars = {
  instructedOfPlaced: 0.25,
  paidOfPlaced: 0.25,
  placedBesideAlone: 0.9,
  callbackToPaidMs: 1000,
  paidToHandedOverMs: 1000,
} as const;

/** The runs of one bench. */
export type Runs = {
  readonly hot: Followed;
  /** Fifty categories in ten events. */
  readonly spread: Followed;
  /** At half of the rate at which the hot event was paid. */
  readonly half: Followed;
  /** Orders that were placed in a second without a worker. */
  readonly alone: number;
};

/** The product's bars, as rows of the same run. */
export function barsOf({ hot, spread, half, alone }: Runs): Measurement[] {
  const row = (name: string, stage: Stage, followed: Followed, more: Partial<Measurement>): Measurement => ({
    ...stageMeasured('', stage, followed),
    name,
    ...more,
  });
  const placed = rateOf('placed', hot);
  const ofPlaced = (stage: 'instructed' | 'paid', ratioMin: number) =>
    row(`${stage}, against placed`, stage, hot, { ratio: rateOf(stage, hot) / placed, bar: { ratioMin } });
  const delay = (name: string, stage: Stage, followed: Followed, p99MsBelow: number) =>
    row(`${name}: ${formerOf[stage]} to ${stage}`, stage, followed, { bar: { p99MsBelow } });
  const handedOver = (name: string, followed: Followed) =>
    (['mailed', 'messaged'] as const).map((stage) => delay(name, stage, followed, bars.paidToHandedOverMs));
  return [
    ofPlaced('instructed', bars.instructedOfPlaced),
    ofPlaced('paid', bars.paidOfPlaced),
    row('placed beside payments, against alone', 'placed', hot, {
      ratio: placed / alone,
      bar: { ratioMin: bars.placedBesideAlone },
    }),
    delay('at half', 'paid', half, bars.callbackToPaidMs),
    ...handedOver('at half', half),
    ...handedOver('50 categories in 10 events', spread),
  ];
}
