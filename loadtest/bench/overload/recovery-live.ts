import { setTimeout as pause } from 'node:timers/promises';
import { saveChart } from '../../chart/save-chart.ts';
import { type Connection, openConnection } from '../../generator/connection.ts';
import { percentileOf } from '../../simulation/crowd.ts';
import { recoveredWithinSeconds } from '../../simulation/scenarios.ts';
import { auditFaults } from '../harness/audit.ts';
import type { BenchOptions } from '../harness/options.ts';
import { hotCategory } from '../load/order-load.ts';
import type { BenchReport, Measurement } from '../harness/report.ts';
import { type BenchApi, type BenchStack, say, startBenchStack } from '../harness/stack.ts';
import { throttlePlacement } from '../harness/throttle.ts';

/** Small enough that one generator can send ten times as many, with all retries. */
const capacityPerSecond = 500;
const calm = { factor: 0.7, seconds: 15 };
const rush = { factor: 10, seconds: 60 };
const watchedSeconds = 45;
const connections = 2000;
/** Refused clients retry at once, and leave after this long. */
const patienceMs = 5000;
const goodSecondsInARow = 3;
/** Compared with the p99 of the calm seconds before. */
const normalFactor = 1.5;
const normalAtLeastMs = 50;

/** Measures recovery on the product, with Postgres taking two milliseconds per order. */
export async function liveRecovery(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('recovery', options);
  const faults: string[] = [];
  try {
    await throttlePlacement(stack, 1000 / capacityPerSecond);
    const runs: Run[] = [];
    for (let run = 1; run <= options.runs; run += 1) {
      const api = await stack.startApi({});
      const one = await runOnce(stack, api, faults);
      await api.stop();
      say(`live ${run} of ${options.runs}: ${one.secondsToNormal ?? 'never'} s to normal`);
      runs.push(one);
    }
    const late = runs.filter((one) => (one.secondsToNormal ?? Number.POSITIVE_INFINITY) > recoveredWithinSeconds);
    if (late.length > 0)
      faults.push(`MISSED: live, ${late.length} of ${runs.length} did not recover in ${recoveredWithinSeconds} s`);
    return {
      measurements: [measured(runs)],
      faults: [...faults, ...(await auditFaults(stack))],
      facts: {
        'live, seconds to normal': runs.map((one) => one.secondsToNormal ?? 'never'),
        'live, chart': chartOf(runs[0]),
      },
    };
  } finally {
    await stack.close();
  }
}

type Second = { readonly placed: number[]; refused: number; gaveUp: number };
type Run = {
  readonly seconds: readonly Second[];
  readonly secondsToNormal: number | undefined;
  readonly normalMs: number;
};

async function runOnce(stack: BenchStack, api: BenchApi, faults: string[]): Promise<Run> {
  const { check, next, onAnswer } = await hotCategory(stack);
  const total = calm.seconds + rush.seconds + watchedSeconds;
  const seconds = Array.from({ length: total }, (): Second => ({ placed: [], refused: 0, gaveUp: 0 }));
  const isRush = (second: number) => second >= calm.seconds && second < calm.seconds + rush.seconds;
  await crowd({
    port: api.port,
    totalMs: total * 1000,
    perSecondAt: (second) => capacityPerSecond * (isRush(second) ? rush.factor : calm.factor),
    next,
    onAnswer: (answer, second, latencyMs) => {
      onAnswer?.(answer);
      const tally = seconds[second];
      if (tally === undefined) return;
      if (answer.status === 201) tally.placed.push(latencyMs);
      else tally.refused += 1;
    },
    onGaveUp: (second) => {
      const tally = seconds[second];
      if (tally !== undefined) tally.gaveUp += 1;
    },
  });
  faults.push(...((await check?.()) ?? []));
  const before = seconds.slice(5, calm.seconds).map(({ placed }) => percentileOf(placed, 0.99));
  const normalMs = Math.max(
    normalAtLeastMs,
    before.sort((one, other) => one - other)[Math.floor(before.length / 2)] ?? 0,
  );
  const after = seconds.slice(calm.seconds + rush.seconds);
  const isNormal = ({ placed, gaveUp }: Second) =>
    placed.length > 0 && gaveUp === 0 && percentileOf(placed, 0.99) <= normalFactor * normalMs;
  const first = after.findIndex((_, index) => after.slice(index, index + goodSecondsInARow).every(isNormal));
  return { seconds, secondsToNormal: first < 0 ? undefined : first + 1, normalMs };
}

type Answered = Awaited<ReturnType<Connection['send']>>;

/**
 * Clients arrive at a rate, each with its own request, and repeat it as soon as it is refused, until their patience ends.
 */
async function crowd(options: {
  port: number;
  totalMs: number;
  perSecondAt: (second: number) => number;
  next: () => string | Buffer;
  onAnswer: (answer: Answered, second: number, latencyMs: number) => void;
  onGaveUp: (second: number) => void;
}): Promise<void> {
  const startedAt = performance.now();
  const idle = await Promise.all(Array.from({ length: connections }, () => openConnection(options.port)));
  const waiting: { request: string | Buffer; cameAt: number }[] = [];
  let underway = 0;
  const secondOf = (now: number) => Math.floor((now - startedAt) / 1000);

  const send = async (connection: Connection, person: { request: string | Buffer; cameAt: number }): Promise<void> => {
    underway += 1;
    let own = connection;
    let isPlaced = false;
    try {
      if (!own.isOpen) own = await openConnection(options.port);
      const answer = await own.send(person.request);
      isPlaced = answer.status === 201;
      const now = performance.now();
      options.onAnswer(answer, secondOf(now), now - person.cameAt);
    } catch {
      own.close();
    }
    underway -= 1;
    idle.push(own);
    if (!isPlaced) again(person);
    takeTurns();
  };
  const again = (person: { request: string | Buffer; cameAt: number }): void => {
    const now = performance.now();
    if (now - person.cameAt < patienceMs && now - startedAt < options.totalMs) waiting.push(person);
    else options.onGaveUp(secondOf(now));
  };
  const takeTurns = (): void => {
    while (waiting.length > 0) {
      const connection = idle.pop();
      if (connection === undefined) return;
      const person = waiting.shift();
      if (person === undefined) return;
      if (performance.now() - person.cameAt < patienceMs) void send(connection, person);
      else {
        idle.push(connection);
        options.onGaveUp(secondOf(performance.now()));
      }
    }
  };

  let owed = 0;
  let lookedAt = performance.now();
  for (let now = lookedAt; now - startedAt < options.totalMs; now = performance.now()) {
    owed += ((now - lookedAt) / 1000) * options.perSecondAt(secondOf(now));
    lookedAt = now;
    for (; owed >= 1; owed -= 1) waiting.push({ request: options.next(), cameAt: now });
    takeTurns();
    await pause(1);
  }
  while (underway > 0 && performance.now() - startedAt < options.totalMs + patienceMs) await pause(10);
  for (const connection of idle) connection.close();
}

function measured(runs: readonly Run[]): Measurement {
  const last = runs.flatMap((run) => run.seconds.slice(-15));
  const all = last.flatMap(({ placed }) => placed);
  const recovered = runs.filter((one) => (one.secondsToNormal ?? Number.POSITIVE_INFINITY) <= recoveredWithinSeconds);
  return {
    name: 'live: the last quarter of a minute',
    perSecond: all.length / last.length,
    p50Ms: percentileOf(all, 0.5),
    p99Ms: percentileOf(all, 0.99),
    p999Ms: percentileOf(all, 0.999),
    maxMs: percentileOf(all, 1),
    cores: {},
    runs: [],
    note: `normal within ${recoveredWithinSeconds} s: ${recovered.length} of ${runs.length}`,
  };
}

function chartOf(run: Run | undefined): string {
  const points = (of: (second: Second) => number) =>
    (run?.seconds ?? []).map((second, at): [number, number] => [at, of(second)]);
  return saveChart('recovery-live', {
    title: 'Ten times too many for a minute, who press again at once',
    xLabel: 'seconds',
    yLabel: 'orders per second; milliseconds',
    series: [
      { name: 'placed per second', points: points(({ placed }) => placed.length) },
      { name: 'placed, p99 ms', points: points(({ placed }) => percentileOf(placed, 0.99)) },
    ],
    marks: [
      { x: calm.seconds, label: 'rush' },
      { x: calm.seconds + rush.seconds, label: 'over' },
    ],
  });
}
