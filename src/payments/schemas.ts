import { z } from '@hono/zod-openapi';
import { pageQuery } from '../http/contract/pagination.ts';
import {
  lineOfText,
  moneySchema,
  orderIdSchema,
  plainIdSchema,
  slugSchema,
  ticketIdSchema,
  timeSchema,
  patternFault,
} from '../http/contract/schemas.ts';
import { amountMax } from '../platform/text/money.ts';
import { paymentMethods, refundReasons, refundStatuses } from './vocabulary.ts';

const ticketsMax = 100;

export const orderParams = z.object({ id: orderIdSchema });
export const organizerParams = z.object({ slug: slugSchema });
export const orderOfOrganizerParams = z.object({ slug: slugSchema, orderId: orderIdSchema });
export const taskParams = z.object({ slug: slugSchema, taskId: plainIdSchema });
export const listQuery = z.object(pageQuery);
export const taskQuery = z.object({ ...pageQuery, status: z.enum(['open', 'resolved']).default('open') });

export const choosePaymentSchema = z.strictObject({ method: z.enum(paymentMethods) }).openapi('ChoosePayment');

/** Visible ASCII without spaces: what Midtrans gives out. */
const key = z
  .string()
  .min(8)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, patternFault('text.not_visible_ascii'));

export const setPaymentAccountSchema = z
  .strictObject({
    merchantId: z
      .string()
      .min(1)
      .max(64)
      .regex(/^[\w.-]+$/),
    serverKey: key,
    clientKey: key,
    buyerPaysFee: z.boolean().default(false).openapi({
      description:
        'The account adds the fee of the gateway to what buyers pay. What comes beyond the total of an order is then booked as that fee, also where the gateway does not state it. Without this, an amount beyond the total that the gateway does not explain goes back to the buyer.',
    }),
  })
  .openapi('SetPaymentAccount');

export const paymentAccountSchema = z
  .object({ gateway: z.literal('midtrans'), merchantId: z.string(), buyerPaysFee: z.boolean(), updatedAt: timeSchema })
  .openapi('PaymentAccount');

export const requestRefundSchema = z
  .strictObject({
    amount: z.int().min(1).max(amountMax).optional(),
    ticketIds: z.array(ticketIdSchema).min(1).max(ticketsMax).optional(),
    reason: lineOfText(200),
    restock: z.boolean().optional(),
  })
  .openapi('RequestRefund');

export const refundSchema = z
  .object({
    id: z.string(),
    orderId: z.string(),
    amount: moneySchema,
    reason: z.enum(refundReasons),
    status: z.enum(refundStatuses),
    ticketIds: z.array(z.string()).nullable(),
    failure: z.string().nullable(),
    createdAt: timeSchema,
    doneAt: timeSchema.nullable(),
  })
  .openapi('Refund');

export const refundsSchema = z.object({ data: z.array(refundSchema) }).openapi('Refunds');
export const refundPageSchema = z
  .object({ data: z.array(refundSchema), nextCursor: z.string().nullable() })
  .openapi('RefundPage');

export const resolveTaskSchema = z
  .strictObject({
    action: z.enum(['done', 'refund']).default('done').openapi({
      description:
        '`done`: a person has done it; money that was to be paid back by hand is then booked as paid. `refund`: the gateway is asked to give the money back, where it can.',
    }),
  })
  .openapi('ResolveTask');

export const taskSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    eventId: z.string(),
    orderId: z.string(),
    subjectId: z.string(),
    detail: z.record(z.string(), z.union([z.string(), z.number()])),
    createdAt: timeSchema,
    resolvedAt: timeSchema.nullable(),
    resolvedBy: z.string().nullable(),
  })
  .openapi('Task');
export const taskPageSchema = z
  .object({ data: z.array(taskSchema), nextCursor: z.string().nullable() })
  .openapi('TaskPage');
