import type { Answer } from '../../generator/connection.ts';
import { closedLoop } from '../../generator/closed-loop.ts';
import type { LoadResult } from '../../generator/tally.ts';
import { type BenchOptions, warmupSeconds } from './options.ts';
import { type Parts, watchProcessors } from './processors.ts';
import { type MeasuredRun, type Measurement, measurementOf, saidCores } from './report.ts';
import { say } from './stack.ts';

/** The prepared load of one run: what it sends, what counts, and how its answers are compared with rows. */
export type Load = {
  readonly next: () => string | Buffer;
  readonly counts?: (answer: Answer) => boolean;
  readonly onAnswer?: (answer: Answer) => void;
  /** After the run: the discrepancies, in words. */
  readonly check?: () => Promise<readonly string[]>;
};

export type Measuring = {
  readonly name: string;
  readonly port: number;
  readonly connections: number;
  readonly options: BenchOptions;
  readonly faults: string[];
  /** Prepares the load of one run. */
  readonly prepare: () => Promise<Load>;
  /** Processes whose processor time is reported with the figure. */
  readonly parts: Parts;
  /** How the load is sent; default: a closed loop. */
  readonly drive?: typeof closedLoop;
  /** What the median run is chosen by. Default: the rate, which says nothing where a fixed rate is offered. */
  readonly middleBy?: 'perSecond' | 'p99Ms';
};

/** Runs a load as often as the options say. Discrepancies are added to `faults`. */
export async function measure(what: Measuring): Promise<Measurement> {
  const { options, faults, drive = closedLoop, middleBy } = what;
  const results: MeasuredRun[] = [];
  for (let run = 1; run <= options.runs; run += 1) {
    const { check, ...load } = await what.prepare();
    const result = await watched(what.parts, () =>
      drive({ to: what.port, connections: what.connections, warmupSeconds, seconds: options.seconds, ...load }),
    );
    say(
      `${what.name}, run ${run} of ${options.runs}: ${Math.round(result.perSecond)}/s ${JSON.stringify(result.statuses)}; cores: ${saidCores(result.cores)}`,
    );
    results.push(result);
    faults.push(...((await check?.()) ?? []).map((fault) => `${what.name}: ${fault}`));
  }
  return measurementOf(what.name, results, middleBy);
}

/** Sends a load, and reports the use of each core after the warm-up. */
export async function watched(
  parts: Parts,
  drive: () => Promise<LoadResult>,
  fromSecond = warmupSeconds,
): Promise<MeasuredRun> {
  let cores = watchProcessors(parts);
  const timer = setTimeout(() => (cores = watchProcessors(parts)), fromSecond * 1000);
  const result = await drive();
  clearTimeout(timer);
  return { ...result, cores: cores() };
}

/** Compares ours with the control and with the bar. */
export function against(control: Measurement, ours: Measurement, bar?: Measurement['bar']): Measurement {
  const ratio = control.perSecond > 0 ? { ratio: ours.perSecond / control.perSecond } : {};
  return { ...ours, ...ratio, ...(bar === undefined ? {} : { bar }) };
}
