import type { z } from 'zod';

/**
 * The queues, the most important first: money that has arrived, the tickets for it, orders that end, refunds, new
 * payments, messages that somebody waits for, reminders, announcements, webhooks, questions to the gateway, upkeep, and reports. Each has its own room in Redis and its own slots in
 * every worker, so none can starve another.
 */
export const queueNames = [
  'callbacks',
  'tickets',
  'closings',
  'refunds',
  'payments',
  'notifications',
  'reminders',
  'announcements',
  'webhooks',
  'checks',
  'maintenance',
  'reports',
] as const;

/**
 * The contract of a job, declared beside its producer. `name` is data that outlives code: written out, never derived.
 * A payload carries ids alone; one that does not parse is not retried. A job may arrive twice, so its act must be safe
 * to repeat.
 */
export type JobContract<Payload extends z.ZodType = z.ZodType> = {
  readonly name: string;
  readonly payload: Payload;
  /** The queue that carries it. Important jobs never wait for room or for a slot behind less important ones. */
  readonly queue: (typeof queueNames)[number];
  readonly attempts: number;
  readonly timeoutMs: number;
  /** The most items that one job stands for; its first try takes as many slots. Default: 1. */
  readonly itemsMax?: number;
};

/** Orders, callbacks or messages that one job stands for. The SQL functions that stage them form groups of this size. */
export const itemsOfJobMax = 10;

export function job<Payload extends z.ZodType>(contract: JobContract<Payload>): JobContract<Payload> {
  return contract;
}
