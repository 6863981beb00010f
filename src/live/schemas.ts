import { z } from '@hono/zod-openapi';
import { summarySchema } from '../check-in/schemas.ts';
import { salesSchema } from '../orders/desk/schemas.ts';
import { orderStatusSchema } from '../orders/schemas.ts';
import { snapshotReasons } from './messages.ts';

/** The bodies (`data`) of the events of live streams. */

export const lastEventIdHeader = z.object({
  'last-event-id': z.string().max(40).optional().openapi({
    description: 'The id of the last event that the client received. Within five minutes, no event is missed.',
    example: '1764356040123-0.2',
  }),
});

export const liveOrderSchema = z
  .object({
    orderId: z.string(),
    status: orderStatusSchema.optional().openapi({ description: 'The new status of the order, if known.' }),
    payment: z.string().optional().openapi({ description: 'The new status of its payment, if known.' }),
  })
  .openapi('LiveOrder', { description: 'Event `order`: the order has changed; read it again.' });

const rate = z.number().openapi({ description: 'Per second, averaged over the last five.' });
const count = z.int();

export const liveSalesSchema = z
  .object({
    at: z.string().openapi({ format: 'date-time' }),
    perSecond: z.object({ orders: rate, paid: rate, checkIns: rate, messages: rate }),
    orders: z.object({
      placed: count,
      held: count.openapi({ description: 'Not paid yet.' }),
      instructed: count.openapi({ description: 'Those that can be paid now.' }),
      paid: count,
      refunded: count,
      expired: count,
      cancelled: count,
    }),
    messages: z.object({ waiting: count, sent: count, delivered: count, failed: count }),
    checkIns: summarySchema.pick({ tickets: true, admitted: true, inside: true, gates: true, zones: true }),
    sales: salesSchema,
  })
  .openapi('LiveSales', { description: 'Event `sales`: a snapshot of everything that a desk watches.' });

/** One event of a stream. Plain JSON Schema, because zod cannot describe text that is JSON. */
export function streamEvent(body: string | undefined) {
  const snapshot = {
    type: 'object' as const,
    required: ['reason'],
    properties: { reason: { type: 'string' as const, enum: [...snapshotReasons] } },
  };
  const paused = { type: 'object' as const, maxProperties: 0 };
  const content =
    body === undefined
      ? {}
      : { contentSchema: { anyOf: [{ $ref: `#/components/schemas/${body}` }, snapshot, paused] } };
  return {
    type: 'object' as const,
    required: ['data'],
    properties: {
      event: { type: 'string' as const, description: '`snapshot`, `paused`, or the name of the change.' },
      id: { type: 'string' as const, description: 'For `Last-Event-ID`.' },
      retry: { type: 'integer' as const, description: 'Milliseconds to wait before connecting again.' },
      data: {
        type: 'string' as const,
        description: 'JSON. For `snapshot` an object with a `reason`, for `paused` an empty one.',
        contentMediaType: 'application/json',
        ...content,
      },
    },
  };
}
