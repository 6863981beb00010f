import type { BenchOptions } from '../harness/options.ts';
import { type ClassName, mix, paidP99MsBelow } from './mix.ts';
import { type Stage, type Step, runStep } from './step.ts';

/** How soon 95 % of the answers must come. */
export const p95MsBelow = 200;
/** The share of refusals with a Retry-After that a held rate may have. */
export const refusedShareMax = 0.001;
/** The open loop itself is this punctual. */
export const achievedMin = 0.98;

/** Requests of the mix per second. */
export const ladder = [500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 5000, 6500, 8000, 10_000];

/** Up the ladder, until two rates in a row are not held: one alone may be an accident. */
export async function climb(stage: Stage, options: BenchOptions): Promise<Step[]> {
  const steps: Step[] = [];
  for (const offered of ladder) {
    steps.push(await runStep(stage, options, { offered }));
    if (!isHeld(steps.at(-1)) && !isHeld(steps.at(-2))) break;
  }
  return steps;
}

export function isHeld(step: Step | undefined): boolean {
  return step !== undefined && missedBy(step).length === 0;
}

/** The conditions of a held rate that this one did not meet, in words. */
export function missedBy(step: Step): string[] {
  const classes = Object.entries(step.classes);
  const achieved = classes.reduce((sum, [, { perSecond }]) => sum + perSecond, 0);
  const asked = step.offered * (step.classes.joins === undefined ? 1 : 1 + mix.joins.share);
  const late = ([name, p95]: readonly [string, number]) =>
    p95 < p95MsBelow ? [] : [`${name} p95 ${Math.round(p95)} ms`];
  return [
    ...late(['all', step.all.percentile(0.95)]),
    ...classes.flatMap(([name, { latencies }]) => late([mix[name as ClassName].said, latencies.percentile(0.95)])),
    ...(step.settled.p99Ms < paidP99MsBelow ? [] : [`order to ticket p99 ${Math.round(step.settled.p99Ms)} ms`]),
    ...(step.refusedShare <= refusedShareMax ? [] : [`refused ${(step.refusedShare * 100).toFixed(2)} %`]),
    ...(achieved >= achievedMin * asked ? [] : [`answered ${Math.round(achieved)} of ${Math.round(asked)} a second`]),
    ...(step.unexplained === 0 ? [] : [`unexplained ${step.unexplained}`]),
    ...step.faults,
  ];
}
