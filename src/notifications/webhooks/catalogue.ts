import { z } from '@hono/zod-openapi';
import {
  eventIdSchema,
  moneySchema,
  orderIdSchema,
  plainIdSchema,
  ticketIdSchema,
  timeSchema,
} from '../../http/contract/schemas.ts';
import { orderStatusSchema } from '../../orders/schemas.ts';
import { cancellers, orderParts } from '../../orders/tables.ts';

/**
 * Every type of webhook and its content. Webhooks carry ids and facts, no personal data: an organiser's program reads a
 * buyer's data from the API by the id, as far as it may. SQL functions write the facts (`note_orders`,
 * `note_order_change`, `note_admissions`, `note_refund`), and `note-event.ts`.
 * `test/notifications/webhooks/facts.test.ts` checks each against its schema.
 */

const orderData = z
  .strictObject({
    orderId: orderIdSchema,
    eventId: eventIdSchema,
    code: z.string().openapi({ description: 'The code that the buyer reads out at the desk.', example: '9QX4T-0RBVE' }),
    status: z.enum(['paid', 'partially_refunded', 'refunded', 'cancelled', 'expired']),
    quantity: z.int().openapi({ description: 'Number of tickets ordered.' }),
    liveTickets: z.int().openapi({ description: 'Number of live tickets now.' }),
    total: moneySchema,
    placedAt: timeSchema,
    paidAt: timeSchema.nullable(),
    closedAt: timeSchema.nullable(),
    cancelledBy: z.enum(cancellers).nullable(),
  })
  .openapi('OrderWebhookData');

const orderChange = z
  .strictObject({
    orderId: orderIdSchema,
    eventId: eventIdSchema,
    code: z.string(),
    status: orderStatusSchema,
    changed: z.array(z.enum(orderParts)).openapi({
      description:
        '`buyer`: name or email. `holders`: names on tickets, or a ticket was given to somebody. `answers`: to your questions.',
    }),
  })
  .openapi('OrderChangeWebhookData');

const eventData = z
  .strictObject({
    eventId: eventIdSchema,
    slug: z.string(),
    name: z.string(),
    status: z.enum(['draft', 'published', 'cancelled']),
    sales: z.enum(['open', 'closed']),
    isPostponed: z.boolean(),
    version: z.int(),
    startsAt: timeSchema,
    endsAt: timeSchema,
    doorsOpenAt: timeSchema,
    timeZone: z.string(),
    venue: z.string(),
    city: z.string(),
    changed: z
      .array(z.string())
      .openapi({ description: 'Fields of the event in the API that differ from the previous version.' }),
  })
  .openapi('EventWebhookData');

const admissionData = z
  .strictObject({
    ticketId: ticketIdSchema,
    orderId: orderIdSchema,
    eventId: eventIdSchema,
    ticketCategoryId: plainIdSchema,
    admittedAt: timeSchema,
    gate: z.string().nullable(),
  })
  .openapi('AdmissionWebhookData');

const refundData = z
  .strictObject({
    refundId: plainIdSchema,
    orderId: orderIdSchema,
    eventId: eventIdSchema,
    status: z.enum(['processing', 'done']),
    reason: z.string().openapi({ description: 'As `reason` of a refund in the API.' }),
    amount: moneySchema,
  })
  .openapi('RefundWebhookData');

const testData = z.strictObject({ endpointId: plainIdSchema }).openapi('TestWebhookData');

export const catalogue = {
  'order.paid': { says: 'An order is paid, or free, and has its tickets.', data: orderData },
  'order.expired': { says: 'A hold ended without a payment; its places are on sale again.', data: orderData },
  'order.cancelled': { says: 'An order was cancelled, or its payment was reversed.', data: orderData },
  'order.changed': {
    says: 'The buyer of an order, the holders of its tickets or its answers were changed; read the order again.',
    data: orderChange,
  },
  'order.refunded': { says: 'Tickets of a paid order, or only money, were taken back; also in part.', data: orderData },
  'refund.paid': { says: 'The gateway or a person has paid a refund.', data: refundData },
  'ticket.checked_in': { says: 'A ticket has entered for the first time.', data: admissionData },
  'event.published': { says: 'An event became public.', data: eventData },
  'event.changed': {
    says: 'Fields of a public event were changed; with the status `draft` it is public no longer.',
    data: eventData,
  },
  'event.cancelled': { says: 'An event was called off. Its orders follow one by one.', data: eventData },
  'webhook.test': { says: 'You asked for a test. It goes to one endpoint, whatever its types.', data: testData },
} as const satisfies Readonly<Record<string, { readonly says: string; readonly data: z.ZodType }>>;

export type WebhookType = keyof typeof catalogue;
export const webhookTypes = Object.keys(catalogue) as readonly WebhookType[];
/** Types that an endpoint can subscribe to. */
export const subscribableTypes = webhookTypes.filter((type) => type !== 'webhook.test');
export type SubscribableType = (typeof subscribableTypes)[number];

/** The body that is signed and sent. */
export function webhookBody(webhook: {
  readonly type: string;
  readonly occurredAt: Date;
  readonly data: unknown;
}): string {
  return JSON.stringify({ type: webhook.type, timestamp: webhook.occurredAt.toISOString(), data: webhook.data });
}
