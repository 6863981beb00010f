import { cpus } from 'node:os';
import { notOurs } from '../../bench/harness/processors.ts';
import { paidP99MsBelow } from '../../bench/surge/mix.ts';
import type { Step } from '../../bench/surge/step.ts';
import { type Figures, watchFigures } from './figures.ts';
import type { RehearsalStack } from '../stages/find-stack.ts';

/** The system on which a rate was measured. */
export type Machine = { readonly cores: number; readonly apiProcesses: number };

function machineOf({ apiProcesses }: { readonly apiProcesses: number }): Machine {
  return { cores: cpus().length, apiProcesses };
}

/** Watches from now until the returned function is called, which names the limits of the step. */
export type WatchLimits = () => Promise<(step: Step) => Promise<string[]>>;

/** By the metrics and the processors of a stack on this machine. */
export function watchLimitsOf(stack: RehearsalStack): WatchLimits {
  return async () => {
    const watched = await watchFigures(stack.operationsPorts);
    return async (step) => limitedBy(step, await watched(), machineOf(stack));
  };
}

/** A part is busy above this share of the cores that it can use. */
const busyShare = 0.85;
/** Each process has one thread: except for these parts, it uses at most one core. */
const manyCores = new Set(['Postgres', 'nginx']);
/** Programs outside the rehearsal may use this much of the machine. */
const othersShareMax = 0.2;
const waitMsMax = 50;

/**
 * The limits of a rate, most telling first, from the metrics of the service and the processors of each part. Empty if
 * nothing limited it.
 */
export function limitedBy(step: Pick<Step, 'cores' | 'settled'>, figures: Figures, machine: Machine): string[] {
  const used = Object.values(step.cores).reduce((sum, cores) => sum + cores, 0);
  const isFull = used > busyShare * machine.cores;
  const busy = Object.entries(step.cores)
    .filter(([part, cores]) => cores > busyShare * coresOf(part, machine))
    .map(
      ([part, cores]) =>
        `the processor of ${part}${notOurs.has(part) ? ', which is not the product' : ''} (${cores.toFixed(1)} of ${coresOf(part, machine)} cores)`,
    );
  const others = figures.busyCores - used;
  const most = Object.entries(step.cores).toSorted(([, one], [, other]) => other - one)[0];
  return [
    ...Object.entries(figures.limited).map(([policy, count]) => `the limit "${policy}" (${count} answers of 429)`),
    ...busy,
    ...(isFull && busy.length === 0 && most !== undefined
      ? [
          `the machine: ${used.toFixed(1)} of ${machine.cores} cores are busy, most of them with ${most[0]} (${most[1].toFixed(1)})`,
        ]
      : []),
    ...(others > othersShareMax * machine.cores
      ? [`other programs on the machine, which keep ${others.toFixed(1)} of ${machine.cores} cores busy`]
      : []),
    ...Object.entries(figures.poolWaitMs)
      .filter(([, wait]) => wait > waitMsMax)
      .map(([pool, wait]) => `the database pool "${pool}" (p99 of the wait ${waitSaid(wait)})`),
    ...Object.entries(figures.shed).map(
      ([cause, count]) => `shedding, because of "${cause}" (${count} answers of 503)`,
    ),
    ...(step.settled.p99Ms >= paidP99MsBelow
      ? [
          `payments: ${figures.createsPerSecond.toFixed(0)} a second were made at the gateway (MIDTRANS_CREATES_PER_SECOND), and orders waited for them`,
        ]
      : []),
  ];
}

function coresOf(part: string, { cores, apiProcesses }: Machine): number {
  if (part === 'API') return Math.min(cores, apiProcesses);
  if (part === 'Redis') return Math.min(cores, 2);
  return manyCores.has(part) ? cores : 1;
}

function waitSaid(milliseconds: number): string {
  return Number.isFinite(milliseconds) ? `up to ${milliseconds.toFixed(0)} ms` : 'above 10 s';
}
