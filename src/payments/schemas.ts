import { accountTestResults } from './accounts/test-account.ts';
import { z } from '@hono/zod-openapi';
import { pageQuery } from '../http/contract/pagination.ts';
import {
  eventIdSchema,
  lineOfText,
  moneySchema,
  orderIdSchema,
  plainIdSchema,
  ticketIdSchema,
  timeSchema,
  organizerParams,
} from '../http/contract/schemas.ts';
import { amountMax } from '../platform/text/money.ts';
import { paymentMethods } from './gateways/all-gateways.ts';
import { gatewayPlugins } from './gateways/registry.ts';
import { tasksPerRequestMax } from './limits.ts';
import { refundReasons, refundStatuses, taskKinds } from './vocabulary.ts';

const ticketsMax = 100;

export const orderParams = z.object({ id: orderIdSchema });
export const taskParams = organizerParams.extend({ taskId: plainIdSchema });
export const listQuery = z.strictObject(pageQuery);
export const taskQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(['open', 'resolved']).default('open'),
  eventId: eventIdSchema.optional(),
  kind: z.enum(taskKinds).optional(),
});

export const choosePaymentSchema = z.strictObject({ method: z.enum(paymentMethods) }).openapi('ChoosePayment');

export const paymentAccountSchema = z
  .object({
    gateway: z.enum(gatewayPlugins.map(({ name }) => name)),
    merchantId: z.string(),
    buyerPaysFee: z.boolean(),
    updatedAt: timeSchema,
  })
  .openapi('PaymentAccount');

export const accountTestSchema = z
  .object({
    result: z.enum(accountTestResults).openapi({
      description:
        '`refused`: the gateway rejects the keys. `no_answer`: it could not be reached, or gave no clear answer. `busy`: its rate limit is ' +
        'used up, or it has failed several times in a row.',
    }),
    code: z.string().optional().openapi({ description: "The gateway's answer." }),
  })
  .openapi('PaymentAccountTest');

export const requestRefundSchema = z
  .strictObject({
    amount: z.int().min(1).max(amountMax).optional(),
    ticketIds: z.array(ticketIdSchema).min(1).max(ticketsMax).optional(),
    reason: lineOfText(200),
    restock: z.boolean().optional(),
  })
  .openapi('RequestRefund');

export const previewRefundSchema = z
  .strictObject({
    amount: z.int().min(1).max(amountMax).optional(),
    ticketIds: z.array(ticketIdSchema).min(1).max(ticketsMax).optional(),
  })
  .openapi('PreviewRefund');

export const refundPreviewSchema = z
  .object({
    amount: moneySchema.openapi({ description: 'The amount that the buyer would get back.' }),
    left: moneySchema.openapi({ description: 'The amount that could still be refunded afterwards.' }),
    ticketIds: z.array(z.string()).openapi({ description: 'Tickets that would be revoked.' }),
    feesKept: z.boolean().openapi({ description: 'The fees of these tickets would not go back.' }),
  })
  .openapi('RefundPreview');

export const refundSummarySchema = z
  .object({
    ordersLeft: z.int().openapi({
      description: 'Orders that still have valid tickets or money: of a cancelled event, still to refund.',
    }),
    amountLeft: moneySchema.openapi({
      description: 'The money of these orders that has not been refunded: what goes back if the event is cancelled.',
    }),
    refunds: z
      .array(z.object({ status: z.enum(refundStatuses), count: z.int(), amount: moneySchema }))
      .openapi({ description: 'By state and currency.' }),
  })
  .openapi('RefundSummary');

const refundSchema = z
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
        '`done`: a person has done it; a manual refund is then booked as paid. `refund`: the gateway refunds the money, if it can.',
    }),
    amount: z.int().min(0).max(amountMax).optional().openapi({
      description:
        'With `done`, for the kind `partial_chargeback` alone: what the bank took, in minor units; 0 if nothing. It is booked as lost.',
    }),
  })
  .openapi('ResolveTask');

export const resolveTasksSchema = z
  .strictObject({ taskIds: z.array(plainIdSchema).min(1).max(tasksPerRequestMax) })
  .openapi('ResolveTasks');

export const resolvedTasksSchema = z
  .object({
    data: z.array(
      z.object({
        taskId: z.string(),
        refusal: z.string().nullable().openapi({
          description: 'Null if the task is resolved now; otherwise the code of the refusal, as for a single task.',
        }),
      }),
    ),
  })
  .openapi('ResolvedTasks');

export const taskSchema = z
  .object({
    id: z.string(),
    kind: z.enum(taskKinds),
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
