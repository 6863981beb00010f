import { z } from 'zod';
import { idPatterns } from '../platform/ids.ts';
import { itemsOfJobMax, job } from '../platform/jobs/job.ts';
import { paymentMethods } from './gateways/all-gateways.ts';

const attemptRef = z.strictObject({ attemptId: z.string().regex(idPatterns.attempt) });

const callbackId = z.string().regex(/^\d{1,19}$/);

/** A verified callback is in the inbox. `store_callbacks` stages it under this name. */
export const applyCallbackJob = job({
  name: 'payment.apply_callback',
  // The attempt names the event, so that one event's flood does not hold up another's.
  payload: z.strictObject({ callbackId, attemptId: attemptRef.shape.attemptId.optional() }),
  queue: 'callbacks',
  attempts: 10,
  timeoutMs: 30_000,
});

/** Callbacks about attempts of one event that came together. `store_callbacks` stages it under this name. */
export const applyCallbacksJob = job({
  ...applyCallbackJob,
  name: 'payment.apply_callbacks',
  payload: z.strictObject({
    eventId: z.string().regex(idPatterns.event),
    callbacks: z.array(attemptRef.extend({ callbackId })).min(1).max(itemsOfJobMax),
  }),
  itemsMax: itemsOfJobMax,
});

/** An attempt that replaces another one waits to be made at the gateway. */
export const createAttemptJob = job({
  name: 'payment.create_attempt',
  payload: attemptRef,
  queue: 'payments',
  attempts: 8,
  timeoutMs: 30_000,
});

/** The buyer wants another payment method: the open attempt is closed first. */
export const replaceAttemptJob = job({
  name: 'payment.replace_attempt',
  payload: attemptRef.extend({ method: z.enum(paymentMethods) }),
  queue: 'payments',
  attempts: 8,
  timeoutMs: 30_000,
});

/** The gateway is asked for the state of an attempt. */
export const checkAttemptJob = job({
  name: 'payment.check_attempt',
  payload: attemptRef,
  queue: 'checks',
  attempts: 3,
  timeoutMs: 30_000,
});

/** Money goes back to a buyer. */
export const sendRefundJob = job({
  name: 'payment.send_refund',
  payload: z.strictObject({
    eventId: z.string().regex(idPatterns.event),
    refundId: z.string().regex(idPatterns.plain),
  }),
  queue: 'refunds',
  attempts: 20,
  timeoutMs: 30_000,
});

/** The money of a refund has arrived at the buyer's bank, or a person has paid it. The message says so. */
export const refundDone = job({
  name: 'order.refund_done',
  payload: z.strictObject({
    eventId: z.string().regex(idPatterns.event),
    orderId: z.string().regex(idPatterns.order),
  }),
  queue: 'notifications',
  attempts: 10,
  timeoutMs: 15_000,
});

/** Money without an attempt here goes back, because a person requested it on its task. */
export const refundUnknownMoneyJob = job({
  name: 'payment.refund_unknown_money',
  payload: z.strictObject({
    organizerId: z.string().regex(idPatterns.plain),
    taskId: z.string().regex(idPatterns.plain),
  }),
  queue: 'refunds',
  attempts: 20,
  timeoutMs: 30_000,
});

/**
 * Recurring, every ten seconds: finds attempts and refunds that are due for a look, and callbacks and closings whose
 * job was given up.
 */
export const reconcilePaymentsJob = job({
  name: 'payments.reconcile',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 30_000,
});

/** Recurring, daily: makes the inbox's partitions for the next days and drops the oldest. */
export const maintainPaymentsJob = job({
  name: 'payments.maintain',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 3,
  timeoutMs: 60_000,
});
