import type { Context } from 'hono';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { z } from 'zod';

/** One scripted fault of a request: its answer, delay, number and probability. */
export const faultSchema = z.strictObject({
  answer: z.union([z.int().min(400).max(599), z.enum(['hang', 'hang_after', 'reset', 'reset_after'])]).optional(),
  delayMs: z.number().min(0).max(600_000).optional(),
  times: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
});

export type Fault = z.output<typeof faultSchema>;
export type FaultAnswer = NonNullable<Fault['answer']>;

/** The part of the journal that notes faults. */
type FaultLog = Readonly<{ append: (entry: Readonly<{ kind: string; answer: FaultAnswer | 'slow' }>) => unknown }>;

/** Counts how often each fault occurred. All requests that match share `times`. */
const struck = new WeakMap<object, number>();

/** The faulty answer, or undefined if no fault applies. Waits for the scripted delay. */
export async function strike(
  fault: Fault | undefined,
  world: Readonly<{ random: Random; scheduler: Scheduler; journal: FaultLog }>,
): Promise<FaultAnswer | undefined> {
  if (fault === undefined || !strikes(fault, world.random)) return undefined;
  if (fault.answer !== undefined || fault.delayMs !== undefined)
    world.journal.append({ kind: 'fault.struck', answer: fault.answer ?? 'slow' });
  if (fault.delayMs !== undefined) await world.scheduler.wait(fault.delayMs);
  return fault.answer;
}

/** True when a rule with `times` and `probability` applies now; counts it. */
export function strikes(
  rule: Readonly<{ times?: number | undefined; probability?: number | undefined }>,
  random: Random,
): boolean {
  const before = struck.get(rule) ?? 0;
  if (rule.times !== undefined && before >= rule.times) return false;
  if (rule.probability !== undefined && random() >= rule.probability) return false;
  struck.set(rule, before + 1);
  return true;
}

/** True for answers that never arrive and whose act is not done either. */
export function isLostBefore(answer: FaultAnswer | undefined): answer is 'hang' | 'reset' {
  return answer === 'hang' || answer === 'reset';
}

/** Leaves the request without an answer: by silence, or by cutting the connection. */
export function neverAnswer(context: Context, answer: FaultAnswer): Promise<Response> {
  if (answer === 'reset' || answer === 'reset_after') socketOf(context)?.destroy();
  return new Promise(() => {});
}

function socketOf(context: Context): { destroy: () => void } | undefined {
  const bindings: { incoming?: { socket?: { destroy: () => void } } } | undefined = context.env;
  return bindings?.incoming?.socket;
}
