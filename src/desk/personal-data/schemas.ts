import { z } from '@hono/zod-openapi';
import { orderStatusSchema } from '../../orders/schemas.ts';
import { emailSchema, fault, phoneCountrySchema, phoneSchema, timeSchema } from '../../http/contract/schemas.ts';

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

/** Rows for a person to read, whose fields are those of their table. A program has the other operations for them. */
const rows = (description: string) =>
  z.array(z.record(z.string(), z.unknown())).openapi({ description: `${description} Fields may be added.` });

const orderSchema = z.object({
  id: z.string(),
  code: z.string(),
  eventId: z.string(),
  event: z.string(),
  status: orderStatusSchema,
  buyer: z.object({ name: z.string(), email: z.string(), phone: z.string() }),
  facts: z.record(z.string(), z.unknown()),
  tickets: rows('With their holders and scans.'),
  answers: rows('To questions of the organiser.'),
  notes: rows('Of the team.'),
  payments: rows('Tries to pay.'),
  refunds: rows('Money that went back.'),
  messages: rows('What was sent.'),
  changes: rows('Of the team, as in the audit log.'),
});

export const personalDataAnswerSchema = z
  .object({
    askedAt: timeSchema,
    isComplete: z.boolean().openapi({ description: 'False if there is more, and the oldest entries are left out.' }),
    orders: z.array(orderSchema),
    heldTickets: rows('Given by other buyers.'),
    waitingEntries: rows('Of waiting lists.'),
    waitingRoomPlaces: rows('In waiting rooms.'),
    verifications: rows('Codes that were asked for.'),
    inboundMessages: rows('From the phone.'),
    newsStops: rows('STOP and START.'),
    suppressions: rows('Refused addresses.'),
  })
  .openapi('PersonalData');

export type PersonalData = z.output<typeof personalDataAnswerSchema>;
