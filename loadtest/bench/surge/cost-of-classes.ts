import { setTimeout as pause } from 'node:timers/promises';
import type { BenchOptions } from '../harness/options.ts';
import { type ByPart, notOurs, watchProcessors } from '../harness/processors.ts';
import { say } from '../harness/stack.ts';
import { type SentClass, mix } from './mix.ts';
import { type Stage, runStep } from './step.ts';

/** Requests per second of a class alone: enough that timers and metrics of idle processes do not count, far from any limit. */
export const aloneAt: Readonly<Record<SentClass, number>> = {
  browse: 2000,
  orders: 120,
  status: 400,
  'check-ins': 300,
  joins: 300,
};
/** The mails and schedules of the previous load have ended by then. */
const restAfterMs = 5000;

/**
 * Microseconds of processor time of each part for one request of each class, each measured alone, minus the idle use of
 * the parts. An order includes its whole way: payment made, callback for two of three, tickets, mails.
 */
export async function costOfClasses(
  stage: Stage,
  options: Pick<BenchOptions, 'seconds'>,
  rates: Readonly<Record<SentClass, number>> = aloneAt,
): Promise<Record<SentClass, Record<string, number>>> {
  say('processors at rest');
  await pause(restAfterMs);
  const resting = watchProcessors(stage.parts());
  await pause(options.seconds * 1000);
  const rest = resting();
  const costs: Record<SentClass, Record<string, number>> = {
    browse: {},
    orders: {},
    status: {},
    'check-ins': {},
    joins: {},
  };
  for (const name of stage.classes) {
    const offered = Math.round(rates[name] / mix[name].share);
    const step = await runStep(stage, options, { offered, classes: [name] });
    costs[name] = perRequest(step.cores, rest, step.classes[name]?.perSecond ?? 0);
  }
  return costs;
}

function perRequest(cores: ByPart, rest: ByPart, perSecond: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(cores)
      .filter(([part]) => !notOurs.has(part))
      .map(([part, used]) => [part, Math.max(0, Math.round(((used - (rest[part] ?? 0)) / perSecond) * 1e6))]),
  );
}
