import { z } from '@hono/zod-openapi';
import { balanceSchema, eventIdSchema, givenTimeSchema, moneySchema, timeSchema } from '../../http/contract/schemas.ts';
import { channels, deliveryStatuses } from '../../notifications/tables.ts';
import { phaseSchema } from '../../waiting-room/schemas.ts';

export const saleFiguresSchema = z
  .object({
    eventId: eventIdSchema,
    asOf: timeSchema.openapi({ description: 'The time of the fast figures, at most a second ago.' }),
    ordersPerSecond: z.number().openapi({ description: 'Over the last ten seconds.' }),
    minutes: z.array(z.object({ at: timeSchema, orders: z.int(), paidOrders: z.int() })).openapi({
      description: 'Those of the last fifteen in which something was ordered or paid, also the one that runs.',
    }),
    pools: z.array(
      z.object({
        poolId: z.string(),
        pool: z.string(),
        capacity: z.int(),
        available: z.int(),
        held: z.int(),
        sold: z.int(),
        blocked: z.int(),
        ticketCategories: z.array(z.object({ id: z.string(), name: z.string() })),
      }),
    ),
    waitingRoom: z
      .object({ phase: phaseSchema, places: z.int(), called: z.int(), rate: z.number() })
      .nullable()
      .openapi({ description: 'Null if the event has none. `rate` is buyers let in per second.' }),
    funnel: z.object({
      held: z.int().openapi({ description: 'Orders with a running hold.' }),
      instructed: z.int().openapi({ description: 'Held orders that the buyer can pay now.' }),
      paid: z.int(),
      refunded: z.int(),
      expired: z.int(),
      cancelled: z.int(),
    }),
    totalsAsOf: timeSchema.openapi({
      description: 'The time of the figures on money, check-ins, messages, ended orders, and the last minutes.',
    }),
    money: z.object({
      received: moneySchema,
      refunded: moneySchema.openapi({
        description: 'What went back, by gateways and by hand: more than came, if a payment went back twice.',
      }),
      gatewayFees: moneySchema.openapi({ description: 'Kept by gateways.' }),
      fees: moneySchema.openapi({ description: 'Fees of the organiser, part of what was received.' }),
      net: balanceSchema.openapi({
        description: 'Received less refunded less gateway fees. Below zero after a loss.',
      }),
    }),
    checkIns: z.object({
      admitted: z.int(),
      inside: z.int(),
      conflicts: z
        .int()
        .openapi({ description: 'Second entries, and entries against the rules, of doors without a network.' }),
      gates: z.array(z.object({ gate: z.string().nullable(), entries: z.int(), exits: z.int(), refused: z.int() })),
      zones: z.array(z.object({ name: z.string(), inside: z.int(), capacity: z.int().nullable() })),
    }),
    messages: z.array(z.object({ channel: z.enum(channels), status: z.enum(deliveryStatuses), count: z.int() })),
  })
  .openapi('SaleFigures');

export const saleMinutesQuery = z.strictObject({ from: givenTimeSchema.optional(), to: givenTimeSchema.optional() });

const standing = z.int().nullable().openapi({ description: 'As it stood at `readAt`; null if nothing was read.' });

export const saleMinutesSchema = z
  .object({
    data: z.array(
      z.object({
        at: timeSchema,
        orders: z.int(),
        tickets: z.int(),
        paidOrders: z.int(),
        paidTickets: z.int(),
        paidAmount: moneySchema,
        funnel: z.object({
          held: standing,
          instructed: standing,
          paid: z
            .int()
            .openapi({ description: 'Orders paid until the end of this minute, later refunded ones included.' }),
          expired: z.int().openapi({ description: 'Orders whose hold had ended without money by then.' }),
        }),
        readAt: timeSchema.nullable().openapi({
          description:
            'When the figures of what stood at the end of this minute were read: at most 20 s after that end.',
        }),
        available: standing,
        held: standing,
        sold: standing,
        admitted: standing,
        waiting: standing,
      }),
    ),
    isComplete: z.boolean().openapi({ description: 'False if there is more: continue from the last minute.' }),
  })
  .openapi('SaleMinutes');
