import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { processorSeconds } from './bench/harness/processors.ts';
import { networkAddress } from './bench/load/order-requests.ts';
import { type SentClass, mix, sentClasses } from './bench/surge/mix.ts';

/** Requests of the mix per second that are tried in turn. */
const ladder = [50, 100, 200, 300, 450, 700, 1000, 1500, 2000, 3000, 5000];
const stepDuration = '10s';
const sampleEveryMs = 1000;
/** Above this share of all cores, k6 takes them from the service and measures itself. */
export const coresShareMax = 0.4;
/** The share of iterations that k6 could not begin in time. */
export const droppedShareMax = 0.005;
/** Client networks: each virtual user sends from one of them. */
const networks = 2000;
/** k6's exit code if a threshold was crossed. */
export const thresholdCode = 99;

/** One rate, and k6's results. */
export type K6Step = {
  readonly offered: number;
  /** Cores that k6 kept busy while it sent. */
  readonly cores: number;
  readonly begun: number;
  readonly dropped: number;
  readonly refusedShare: number;
  readonly unexplained: number;
  readonly classes: Readonly<Partial<Record<SentClass, { perSecond: number; p95: number; p99: number }>>>;
  /** The thresholds that were crossed. */
  readonly crossed: readonly string[];
};

type Given = {
  readonly say: (line: string) => void;
  /** Requests per second. Without it the highest rate is searched first. */
  readonly rate: string | undefined;
  readonly duration: string;
  /** Runs `loadtest/k6/surge.ts`. @returns k6's exit code */
  readonly run: (
    settings: Readonly<Record<string, string>>,
    words: readonly string[],
    onStart: (pid: number | undefined) => void,
  ) => Promise<number>;
};

/** Searches the highest rate that k6 itself leaves room for, holds it, and reports it with the times of each class. */
export async function runSurge(given: Given): Promise<number> {
  const { say, duration } = given;
  let rate = Number(given.rate ?? 0);
  if (given.rate !== undefined && !(rate >= 1)) throw new Error('--rate must be a number of at least 1');
  if (given.rate === undefined) {
    const found = await climb(given);
    if (typeof found === 'number') return found;
    rate = found.rate;
    say(`\n${found.said}`);
  }
  say(`holding ${rate} requests/s for ${duration}`);
  const { code, step } = await runOnce(given, rate, duration);
  if (step !== undefined) say(saidStep(step));
  return code;
}

/** @returns k6's exit code if it could not run */
async function climb(given: Given): Promise<{ rate: number; said: string } | number> {
  let rate: number | undefined;
  for (const offered of ladder) {
    const { code, step } = await runOnce(given, offered, stepDuration);
    if (step === undefined) return code === 0 ? 1 : code;
    const fault = faultOf(step, availableParallelism());
    given.say(`${offered}/s: k6 used ${step.cores.toFixed(2)} cores; ${fault ?? 'there is room'}`);
    if (fault !== undefined) {
      if (rate === undefined) {
        given.say(`the lowest rate is too high here: ${fault}`);
        return thresholdCode;
      }
      return { rate, said: `${rate} requests/s is the highest rate: at ${offered}/s ${fault}` };
    }
    rate = offered;
  }
  return { rate: rate ?? 0, said: `${rate} requests/s is the highest rate that is tried` };
}

/** Why a rate measures k6, or is more than the service can do; undefined if neither. */
export function faultOf(step: K6Step, cores: number): string | undefined {
  if (step.cores > coresShareMax * cores)
    return `k6 used ${step.cores.toFixed(2)} of ${cores} cores, more than ${coresShareMax * 100} %`;
  // Behind late answers, k6 drops iterations because all its users are waiting.
  const crossed = step.crossed.filter((threshold) => !threshold.startsWith('dropped_iterations'));
  if (crossed.length > 0) return `the service crossed ${crossed.join(', ')}`;
  const share = step.dropped / Math.max(1, step.begun + step.dropped);
  return share > droppedShareMax ? `k6 dropped ${(share * 100).toFixed(1)} % of the iterations` : undefined;
}

async function runOnce(
  given: Given,
  offered: number,
  duration: string,
): Promise<{ code: number; step: K6Step | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), 'antre-k6-'));
  const file = join(folder, 'summary.json');
  const usage = watchUsage();
  try {
    const code = await given.run(
      { RATE: String(offered), DURATION: duration, SUMMARY_FILE: file },
      ['--local-ips', localAddresses().join(',')],
      usage.start,
    );
    const cores = usage.busiest(secondsOf(duration));
    const isWhole = code === 0 || code === thresholdCode;
    return {
      code,
      step: isWhole ? stepOf(offered, cores, secondsOf(duration), readFileSync(file, 'utf8')) : undefined,
    };
  } finally {
    usage.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Linux has all of 127.0.0.0/8 on loopback, so each virtual user can come from a network of its own. */
function localAddresses(): string[] {
  return Array.from({ length: networks }, (_, place) => networkAddress(place).replace(/^10\./, '127.'));
}

/** Cores of a process in its busiest seconds, because k6 prepares the run in the others. */
function watchUsage() {
  const samples: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  return {
    start: (pid: number | undefined) => {
      if (pid === undefined) return;
      const used = () => processorSeconds({ k6: [pid] })['k6'] ?? 0;
      let before = used();
      timer = setInterval(() => {
        const now = used();
        samples.push(((now - before) * 1000) / sampleEveryMs);
        before = now;
      }, sampleEveryMs);
    },
    busiest: (seconds: number): number => {
      const most = samples.toSorted((one, other) => other - one).slice(0, seconds);
      return most.reduce((sum, cores) => sum + cores, 0) / Math.max(1, most.length);
    },
    stop: () => clearInterval(timer),
  };
}

const metricSchema = z.object({
  values: z.record(z.string(), z.number()),
  thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).optional(),
});

/** Reads k6's output. Exported for its test. */
export function stepOf(offered: number, cores: number, seconds: number, text: string): K6Step {
  const metrics = z.record(z.string(), metricSchema).parse(JSON.parse(text));
  const value = (metric: string, name: string) => metrics[metric]?.values[name] ?? 0;
  const classes = sentClasses.flatMap((name) => {
    const metric = `http_req_duration{class:${name}}`;
    const perSecond = value(metric, 'count') / seconds;
    return perSecond === 0
      ? []
      : [[name, { perSecond, p95: value(metric, 'p(95)'), p99: value(metric, 'p(99)') }] as const];
  });
  return {
    offered,
    cores,
    begun: value('iterations', 'count'),
    dropped: value('dropped_iterations', 'count'),
    refusedShare: value('refused', 'rate'),
    unexplained: value('unexplained_5xx', 'count'),
    classes: Object.fromEntries(classes),
    crossed: Object.entries(metrics).flatMap(([metric, { thresholds = {} }]) =>
      Object.entries(thresholds).flatMap(([threshold, { ok }]) => (ok ? [] : [`${metric} ${threshold}`])),
    ),
  };
}

function saidStep(step: K6Step): string {
  const rows = Object.entries(step.classes).map(
    ([name, { perSecond, p95, p99 }]) =>
      `  ${mix[name as SentClass].said.padEnd(42)} ${perSecond.toFixed(1).padStart(8)}/s   p95 ${p95.toFixed(1).padStart(7)} ms   p99 ${p99.toFixed(1).padStart(7)} ms`,
  );
  const dropped = `k6 used ${step.cores.toFixed(2)} cores and dropped ${step.dropped} of ${step.begun + step.dropped} iterations`;
  return [
    ...rows,
    `  ${dropped}; refused ${(step.refusedShare * 100).toFixed(2)} %, unexplained ${step.unexplained}`,
    ...step.crossed.map((threshold) => `  crossed: ${threshold}`),
  ].join('\n');
}

function secondsOf(duration: string): number {
  const [, count = '0', unit] = /^(\d+)(s|m|h)$/.exec(duration) ?? [];
  return Number(count) * (unit === 'h' ? 3600 : unit === 'm' ? 60 : 1);
}
