import { z } from '@hono/zod-openapi';
import { channels, deliveryStatuses, suppressionReasons, templates } from '../../notifications/tables.ts';
import { localeSchema, orderStatusSchema } from '../../orders/schemas.ts';
import { tickets, waitingEntries } from '../../orders/tables.ts';
import { paymentAttempts, refunds } from '../../payments/tables.ts';
import {
  emailSchema,
  fault,
  moneySchema,
  phoneCountrySchema,
  phoneSchema,
  timeSchema,
} from '../../http/contract/schemas.ts';

export const personalDataSchema = z
  .strictObject({
    email: emailSchema.optional(),
    phone: phoneSchema.optional(),
    phoneCountry: phoneCountrySchema.optional(),
  })
  .refine(
    ({ email, phone }) => (email === undefined) !== (phone === undefined),
    fault('one_of.required', { names: 'email, phone' }),
  )
  .openapi('ShowPersonalData');

const place = { eventId: z.string(), event: z.string().openapi({ description: 'Its name.' }) };
const said = z.object({
  template: z.enum(templates),
  channel: z.enum(channels),
  status: z.enum(deliveryStatuses),
  createdAt: timeSchema,
  acceptedAt: timeSchema.nullable(),
  deliveredAt: timeSchema.nullable(),
});

const orderSchema = z.object({
  id: z.string(),
  code: z.string(),
  ...place,
  status: orderStatusSchema,
  locale: localeSchema,
  placedAt: timeSchema,
  paidAt: timeSchema.nullable(),
  closedAt: timeSchema.nullable(),
  total: moneySchema,
  buyer: z.object({ name: z.string(), email: z.string(), phone: z.string() }),
  tickets: z.array(
    z.object({
      id: z.string(),
      category: z.string(),
      status: z.enum(tickets.status.enumValues),
      holderName: z.string().nullable(),
      issuedAt: timeSchema,
      scans: z.array(
        z.object({ at: timeSchema, direction: z.string(), result: z.string(), gate: z.string().nullable() }),
      ),
      transfers: z
        .array(z.object({ at: timeSchema, recipient: z.string() }))
        .openapi({ description: 'To whom the ticket was given. The address is of another person, and masked.' }),
    }),
  ),
  answers: z.array(z.object({ question: z.string(), value: z.string(), answeredAt: timeSchema })),
  notes: z.array(z.object({ text: z.string(), createdAt: timeSchema })).openapi({
    description: 'What the team wrote about the order.',
  }),
  payments: z.array(
    z.object({
      gateway: z.string(),
      method: z.string(),
      status: z.enum(paymentAttempts.status.enumValues),
      amount: moneySchema,
      createdAt: timeSchema,
    }),
  ),
  refunds: z.array(
    z.object({
      reason: z.enum(refunds.reason.enumValues),
      status: z.enum(refunds.status.enumValues),
      amount: moneySchema,
      createdAt: timeSchema,
    }),
  ),
  messages: z.array(said),
  newsConsent: z
    .object({ wording: z.string(), locale: localeSchema, givenAt: timeSchema, withdrawnAt: timeSchema.nullable() })
    .nullable(),
  changes: z.array(z.object({ act: z.string(), at: timeSchema })).openapi({
    description: 'What the team changed, as in the audit log.',
  }),
});

export const personalDataAnswerSchema = z
  .object({
    askedAt: timeSchema,
    isComplete: z.boolean().openapi({ description: 'False if there is more, and the oldest entries are left out.' }),
    orders: z.array(orderSchema),
    heldTickets: z
      .array(
        z.object({
          ticketId: z.string(),
          ...place,
          name: z.string(),
          email: z.string(),
          givenAt: timeSchema,
          isHolder: z.boolean().openapi({ description: 'False if the ticket was given on since.' }),
          messages: z.array(said),
        }),
      )
      .openapi({ description: 'Tickets that somebody else bought and gave to this person.' }),
    waitingEntries: z.array(
      z.object({
        id: z.string(),
        ...place,
        category: z.string(),
        quantity: z.int(),
        name: z.string(),
        email: z.string(),
        phone: z.string(),
        status: z.enum(waitingEntries.status.enumValues),
        createdAt: timeSchema,
        messages: z.array(said),
      }),
    ),
    waitingRoomPlaces: z.array(
      z.object({ ...place, joinedAt: timeSchema, voidedAt: timeSchema.nullable(), givenUpAt: timeSchema.nullable() }),
    ),
    verifications: z
      .array(z.object({ channel: z.enum(channels), createdAt: timeSchema, confirmedAt: timeSchema.nullable() }))
      .openapi({ description: 'Requests for a code within the last minutes.' }),
    inboundMessages: z.array(
      z.object({
        phone: z.string(),
        text: z.string(),
        command: z.enum(['stop', 'start']).nullable(),
        receivedAt: timeSchema,
      }),
    ),
    newsStops: z.array(z.object({ channel: z.enum(channels), isStopped: z.boolean(), saidAt: timeSchema })),
    suppressions: z.array(
      z.object({
        channel: z.enum(channels),
        reason: z.enum(suppressionReasons),
        until: timeSchema.nullable(),
        createdAt: timeSchema,
      }),
    ),
  })
  .openapi('PersonalData');

export type PersonalData = z.output<typeof personalDataAnswerSchema>;
