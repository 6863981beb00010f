import { z } from '@hono/zod-openapi';
import { blockOfText, fault, plainIdSchema, ticketIdSchema, timeSchema } from '../../http/contract/schemas.ts';
import { answerLengthMax } from '../questions/limits.ts';
import { askedQuestionSchema } from '../questions/schemas.ts';
import { holderNameSchema } from '../schemas.ts';
import { answersAtOnceMax, ticketsNamedAtOnceMax } from './limits.ts';

const distinct = (keys: readonly string[]) => new Set(keys).size === keys.length;

const holderSchema = z.strictObject({ ticketId: ticketIdSchema, holderName: holderNameSchema });

const answerSchema = z
  .strictObject({
    questionId: plainIdSchema,
    ticketId: ticketIdSchema
      .nullable()
      .default(null)
      .openapi({ description: 'Required for a question that is asked for each ticket.' }),
    value: blockOfText(answerLengthMax).openapi({
      description: 'One of the choices, `yes` or `no`, or a text. An empty text withdraws an optional answer.',
    }),
  })
  .openapi('GivenAnswer');

export const giveDetailsSchema = z
  .strictObject({
    tickets: z
      .array(holderSchema)
      .max(ticketsNamedAtOnceMax)
      .refine((tickets) => distinct(tickets.map(({ ticketId }) => ticketId)), fault('list.doubled'))
      .default([]),
    answers: z
      .array(answerSchema)
      .max(answersAtOnceMax)
      .refine(
        (answers) => distinct(answers.map(({ questionId, ticketId }) => `${questionId} ${ticketId}`)),
        fault('list.doubled'),
      )
      .default([]),
  })
  .refine(({ tickets, answers }) => tickets.length + answers.length > 0, fault('field.nothing_to_change'))
  .openapi('GiveOrderDetails');

export const detailsSchema = z
  .object({
    until: timeSchema
      .nullable()
      .openapi({ description: 'The last moment for changes; null while the event has no date.' }),
    isOpen: z.boolean(),
    isComplete: z.boolean().openapi({ description: 'All names and all required answers were given.' }),
    timeZone: z.string().openapi({ description: 'The time zone of the event.' }),
    tickets: z
      .array(
        z.object({
          ticketId: ticketIdSchema,
          ticketCategoryId: plainIdSchema,
          ticketCategory: z.string(),
          ticketCategoryEn: z.string().nullable(),
          hasHolderName: z.boolean().openapi({ description: 'Whether the ticket carries a name.' }),
          holderName: z.string().nullable(),
        }),
      )
      .openapi({ description: 'The live tickets; empty before the order is paid.' }),
    questions: z.array(askedQuestionSchema).openapi({ description: 'Empty before the order is paid.' }),
    answers: z.array(z.object({ questionId: z.string(), ticketId: ticketIdSchema.nullable(), value: z.string() })),
  })
  .openapi('OrderDetails');

export type GivenDetails = z.output<typeof giveDetailsSchema>;
