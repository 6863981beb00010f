import type { Answer } from '../../generator/connection.ts';
import { type Latencies, createLatencies } from '../../generator/latencies.ts';
import { openLoop } from '../../generator/open-loop.ts';
import type { LoadResult } from '../../generator/tally.ts';
import { scanLoad } from '../check-ins.ts';
import type { Load } from '../harness/measure.ts';
import { type BenchOptions, warmupSeconds } from '../harness/options.ts';
import { type ByPart, watchProcessors } from '../harness/processors.ts';
import { say } from '../harness/stack.ts';
import { networkAddress, orderRequests } from '../load/order-requests.ts';
import { joinLoad } from '../queue/joins.ts';
import { etagOf, onConnection } from '../reads/reads.ts';
import { type ClassName, type SentClass, browseRequests, mix, sentClasses } from './mix.ts';
import { type Settled, type SurgeWorld, settledSince, untilSettled } from './surge-world.ts';

/** Requests in flight of one class. The others wait, and that counts. */
const connectionsEach = 512;
/** A person sends some requests and goes; the next one comes from another network. */
const requestsPerConnection = 20;
const networks = 65_536;
/** An answer that comes later is of no use to the person who waits. */
export const patienceMs = 1000;

export type ClassResult = Pick<LoadResult, 'counted' | 'statuses' | 'latencies'> & { readonly perSecond: number };

/** One rate of the mix, and what came of it. */
export type Step = {
  /** Requests of the mix per second, without the joins beside it. */
  readonly offered: number;
  readonly seconds: number;
  readonly classes: Readonly<Partial<Record<ClassName, ClassResult>>>;
  readonly all: Latencies;
  /** Answers of the mix that count and came within the patience of a person, per second. */
  readonly goodput: number;
  /** Refusals that say when to come again, as a share of all requests. */
  readonly refusedShare: number;
  /** 5xx that are no such refusals, requests without an answer, and 4xx that nobody caused. */
  readonly unexplained: number;
  readonly settled: Settled;
  readonly cores: ByPart;
  readonly faults: readonly string[];
};

/** The callbacks that the gateway has sent so far. */
export type Callbacks = {
  /** Those acknowledged since the start. */
  total(): Promise<number>;
  /** Those told from this moment on, until it is called again. */
  since(fromMs: number): Promise<{ readonly latencies: Latencies; readonly inTime: number }>;
};

type Sending = { readonly name: SentClass; readonly perSecond: number; readonly load: Load };

/**
 * Sends the mix, or some of its classes, at a rate for the seconds of the options, in an open loop and from many networks,
 * then waits until what it began is settled.
 * @param given `onAnswer` is told how long each measured answer of the mix took
 */
export async function runStep(
  world: SurgeWorld,
  callbacks: Callbacks,
  options: BenchOptions,
  given: { offered: number; classes?: readonly SentClass[]; onAnswer?: (milliseconds: number) => void },
): Promise<Step> {
  const { offered, classes = sentClasses, onAnswer } = given;
  const sendings = await Promise.all(
    classes.map(async (name): Promise<Sending> => {
      const perSecond = Math.max(1, Math.round(offered * mix[name].share));
      return { name, perSecond, load: await loadOf(world, options, name, perSecond) };
    }),
  );
  await callbacks.since(Number.POSITIVE_INFINITY);
  const all = createLatencies();
  const heard = { refused: 0, unexplained: 0, inTime: 0, answers: 0 };
  let cores = watchProcessors(world.parts());
  const from = new Date(Date.now() + warmupSeconds * 1000);
  const timer = setTimeout(() => (cores = watchProcessors(world.parts())), warmupSeconds * 1000);
  const results = await Promise.all(
    sendings.map(async ({ name, perSecond, load }) => {
      const isOfMix = name !== 'joins';
      const counts = load.counts ?? (({ status }: Answer) => status < 300);
      const result = await openLoop({
        ...load,
        port: world.edge.port,
        connections: connectionsEach,
        nextAddress: nextNetwork,
        requestsPerConnection,
        warmupSeconds,
        seconds: options.seconds,
        offeredPerSecond: perSecond,
        onMeasured: (answer, milliseconds) => {
          heard.answers += 1;
          if (isRefusal(answer)) heard.refused += 1;
          else if (!counts(answer)) heard.unexplained += 1;
          else if (isOfMix && milliseconds <= patienceMs) heard.inTime += 1;
          if (!isOfMix) return;
          all.add(milliseconds);
          onAnswer?.(milliseconds);
        },
      });
      heard.unexplained += result.statuses['lost'] ?? 0;
      return [name, result] as const;
    }),
  );
  clearTimeout(timer);
  const used = cores();
  const told = await callbacks.since(from.getTime());
  const faults = await untilSettled(world, callbacks.total);
  for (const { load } of sendings) faults.push(...((await load.check?.()) ?? []));
  const step: Step = {
    offered,
    seconds: options.seconds,
    classes: { ...Object.fromEntries(results), ...callbackClass(told.latencies, options.seconds) },
    all,
    goodput: (heard.inTime + told.inTime) / options.seconds,
    refusedShare: heard.refused / Math.max(1, heard.answers),
    unexplained: heard.unexplained,
    settled: await settledSince(world, from),
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

async function loadOf(world: SurgeWorld, options: BenchOptions, name: SentClass, perSecond: number): Promise<Load> {
  const { stack, placed } = world;
  switch (name) {
    case 'browse':
      return {
        next: browseRequests(await eventsWithTags(world), world.roomSlug),
        counts: ({ status }) => status === 200 || status === 304,
      };
    case 'orders':
      return { next: orderRequests(world.shapes), counts: ({ status }) => status === 201, onAnswer: placed.add };
    case 'status':
      return { next: placed.nextRead, counts: ({ status }) => status === 200 };
    case 'check-ins':
      return scanLoad(stack, options, perSecond);
    case 'joins':
      return joinLoad(stack, options, { buyers: perSecond * (options.seconds + warmupSeconds + 1) });
  }
}

function eventsWithTags({ edge, slugs }: SurgeWorld): Promise<ReadonlyMap<string, string>> {
  return onConnection(edge.port, async (probe) => {
    const tags = new Map<string, string>();
    for (const slug of slugs) tags.set(slug, await etagOf(probe, `/v1/events/${slug}`));
    return tags;
  });
}

function isRefusal({ status, headers }: Answer): boolean {
  return (status === 429 || status === 503) && /\r\nretry-after: /i.test(headers);
}

function saidStep(step: Step): string {
  const classes = Object.entries(step.classes).map(
    ([name, { perSecond, latencies }]) => `${name} ${Math.round(perSecond)}/s p95 ${latencies.percentile(0.95)}`,
  );
  return `${step.offered}/s: in time ${Math.round(step.goodput)}/s, p95 ${step.all.percentile(0.95)} ms; ${classes.join(', ')}; paid after p99 ${Math.round(step.settled.p99Ms)} ms; refused ${(step.refusedShare * 100).toFixed(2)} %, unexplained ${step.unexplained}${step.faults.map((fault) => `; ${fault}`).join('')}`;
}
