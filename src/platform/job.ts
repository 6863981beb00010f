import type { z } from 'zod';

/**
 * The contract of a job, declared beside its producer. `name` is data that outlives code: written out, never derived.
 * A payload carries ids alone; one that does not parse is not retried. A job may arrive twice, so its act must be safe
 * to repeat.
 */
export type JobContract<Payload extends z.ZodType = z.ZodType> = {
  readonly name: string;
  readonly payload: Payload;
  /** Queue that carries it: one per kind of outside party, so that a slow one does not hold up another. */
  readonly queue: 'orders' | 'payments' | 'notifications' | 'maintenance';
  readonly attempts: number;
  readonly timeoutMs: number;
};

export function job<Payload extends z.ZodType>(contract: JobContract<Payload>): JobContract<Payload> {
  return contract;
}
