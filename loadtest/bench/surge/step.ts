import type { Answer, Destination } from '../../generator/connection.ts';
import { type Latencies, createLatencies } from '../../generator/latencies.ts';
import { type OfferedRate, openLoop } from '../../generator/open-loop.ts';
import type { LoadResult } from '../../generator/tally.ts';
import type { Load } from '../harness/measure.ts';
import { type BenchOptions, warmupSeconds } from '../harness/options.ts';
import { type ByPart, type Parts, watchProcessors } from '../harness/processors.ts';
import { say } from '../harness/stack.ts';
import { networkAddress } from '../load/order-requests.ts';
import { type ClassName, type SentClass, mix } from './mix.ts';

/** Requests in flight of one class. Others wait, and their wait counts. */
const connectionsEach = 512;
/** A person sends some requests and leaves; the next one comes from another network. */
const requestsPerConnection = 20;
const networks = 65_536;
/** A later answer is useless to the waiting person. */
export const patienceMs = 1000;

export type ClassResult = Pick<LoadResult, 'counted' | 'statuses' | 'latencies'> & { readonly perSecond: number };

/** One rate of the mix, and its results. */
export type Step = {
  /** Requests of the mix per second, without the joins beside it. */
  readonly offered: number;
  readonly seconds: number;
  readonly classes: Readonly<Partial<Record<ClassName, ClassResult>>>;
  readonly all: Latencies;
  /** Counted answers of the mix within a person's patience, per second. */
  readonly goodput: number;
  /** Refusals with a Retry-After, as a share of all requests. */
  readonly refusedShare: number;
  /** 5xx other than such refusals, requests without an answer, and 4xx without a cause. */
  readonly unexplained: number;
  /** The same by class and status. */
  readonly unexplainedBy: Readonly<Record<string, number>>;
  readonly settled: Settled;
  readonly cores: ByPart;
  readonly faults: readonly string[];
};

/** The fate of the orders placed since a moment. */
export type Settled = {
  readonly orders: number;
  readonly paid: number;
  /** From the placement to the payment with its tickets, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
};

/** Where the mix is sent: a product of the bench's own, or a copy of an event on a running stack. */
export type Stage = {
  readonly to: Destination;
  readonly classes: readonly SentClass[];
  parts(): Parts;
  /** Prepares the load of one class for the warm-up and `seconds`. */
  loadOf(name: SentClass, seconds: number, perSecond: number): Promise<Load>;
  /** Counts the gateway's callbacks from now until it is called again. */
  callbacksSince(fromMs: number): Promise<{ readonly latencies: Latencies; readonly inTime: number }>;
  /**
   * Waits until every payment is applied and no job is due.
   * @returns what is unfinished, in words
   */
  untilSettled(): Promise<string[]>;
  settledSince(since: Date): Promise<Settled>;
};

type Sending = { readonly name: SentClass; readonly perSecond: OfferedRate; readonly load: Load };

export type StepGiven = {
  /** Requests of the mix per second. */
  readonly offered: number;
  /** Shares of `offered`, one for each second, without a warm-up: a changing rate. Default: a constant rate. */
  readonly curve?: readonly number[];
  readonly classes?: readonly SentClass[];
  /** Called with the duration of each measured answer of the mix. */
  readonly onAnswer?: (milliseconds: number) => void;
};

/**
 * Sends the mix, or some of its classes, at a rate for some seconds, in an open loop and from many networks, then waits
 * until everything that it began is settled.
 */
export async function runStep(
  stage: Stage,
  { seconds }: Pick<BenchOptions, 'seconds'>,
  given: StepGiven,
): Promise<Step> {
  const { offered, curve, classes = stage.classes, onAnswer } = given;
  const warmUp = curve === undefined ? warmupSeconds : 0;
  const sendings = await Promise.all(
    classes.map(async (name): Promise<Sending> => {
      const perSecond = Math.max(1, Math.round(offered * mix[name].share));
      const load = await stage.loadOf(name, seconds, perSecond);
      return { name, perSecond: curve?.map((share) => share * offered * mix[name].share) ?? perSecond, load };
    }),
  );
  await stage.callbacksSince(Number.POSITIVE_INFINITY);
  const all = createLatencies();
  const heard = { refused: 0, inTime: 0, answers: 0 };
  const unexplained = new Map<string, number>();
  const isUnexplained = (what: string, times = 1) => unexplained.set(what, (unexplained.get(what) ?? 0) + times);
  let cores = watchProcessors(stage.parts());
  const from = new Date(Date.now() + warmUp * 1000);
  const timer = setTimeout(() => (cores = watchProcessors(stage.parts())), warmUp * 1000);
  const results = await Promise.all(
    sendings.map(async ({ name, perSecond, load }) => {
      const isOfMix = name !== 'joins';
      const counts = load.counts ?? (({ status }: Answer) => status < 300);
      const result = await openLoop({
        ...load,
        to: stage.to,
        connections: connectionsEach,
        nextAddress: nextNetwork,
        requestsPerConnection,
        warmupSeconds: warmUp,
        seconds,
        offeredPerSecond: perSecond,
        onMeasured: (answer, milliseconds) => {
          heard.answers += 1;
          if (isRefusal(answer)) heard.refused += 1;
          else if (!counts(answer)) isUnexplained(`${name} ${answer.status}`);
          else if (isOfMix && milliseconds <= patienceMs) heard.inTime += 1;
          if (!isOfMix) return;
          all.add(milliseconds);
          onAnswer?.(milliseconds);
        },
      });
      const { lost = 0 } = result.statuses;
      if (lost > 0) isUnexplained(`${name} lost`, lost);
      return [name, result] as const;
    }),
  );
  clearTimeout(timer);
  const used = cores();
  const told = await stage.callbacksSince(from.getTime());
  const faults = await stage.untilSettled();
  for (const { load } of sendings) faults.push(...((await load.check?.()) ?? []));
  const step: Step = {
    offered,
    seconds,
    classes: { ...Object.fromEntries(results), ...callbackClass(told.latencies, seconds) },
    all,
    goodput: (heard.inTime + told.inTime) / seconds,
    refusedShare: heard.refused / Math.max(1, heard.answers),
    unexplained: [...unexplained.values()].reduce((sum, times) => sum + times, 0),
    unexplainedBy: Object.fromEntries(unexplained),
    settled: await stage.settledSince(from),
    cores: used,
    faults,
  };
  say(saidStep(step));
  return step;
}

function callbackClass(latencies: Latencies, seconds: number): Step['classes'] {
  if (latencies.count === 0) return {};
  const { count } = latencies;
  return {
    callbacks: { counted: count, perSecond: count / seconds, statuses: { 200: count }, latencies },
  };
}

let network = 0;
/** Linux has all of 127.0.0.0/8 on loopback, so each connection can come from a network of its own. */
export function nextNetwork(): string {
  network = (network + 1) % networks;
  return networkAddress(network).replace(/^10\./, '127.');
}

function isRefusal({ status, headers }: Answer): boolean {
  return (status === 429 || status === 503) && /\r\nretry-after: /i.test(headers);
}

function saidStep(step: Step): string {
  const classes = Object.entries(step.classes).map(
    ([name, { perSecond, latencies }]) => `${name} ${Math.round(perSecond)}/s p95 ${latencies.percentile(0.95)}`,
  );
  const unexplained = Object.entries(step.unexplainedBy).map(([what, times]) => `${what} ${times} times`);
  return `${step.offered}/s: in time ${Math.round(step.goodput)}/s, p95 ${step.all.percentile(0.95)} ms; ${classes.join(', ')}; paid after p99 ${Math.round(step.settled.p99Ms)} ms; refused ${(step.refusedShare * 100).toFixed(2)} %, unexplained ${unexplained.join(', ') || 'none'}${step.faults.map((fault) => `; ${fault}`).join('')}`;
}
