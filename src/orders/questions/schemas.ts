import { z } from '@hono/zod-openapi';
import { fault, lineOfText, listOf } from '../../http/contract/schemas.ts';
import { anyId, eventParams } from '../schemas.ts';
import { choiceLengthMax, choicesMax, choicesMin, positionMax, questionLengthMax } from './limits.ts';
import { questionKinds, questionScopes, questionStatuses } from './tables.ts';

export const questionParams = eventParams.extend({ questionId: anyId('qst_06FJ2V1H8C9QX4T0RBVE') });

const choiceSchema = z
  .strictObject({
    text: lineOfText(choiceLengthMax),
    textEn: lineOfText(choiceLengthMax).nullable().default(null),
  })
  .openapi('QuestionChoice');

const choicesSchema = z
  .array(choiceSchema)
  .max(choicesMax)
  .refine((choices) => new Set(choices.map(({ text }) => text)).size === choices.length, fault('list.doubled'))
  .openapi({
    description: 'The options of a `choice`. `text` is stored as the answer, whatever the language of the page.',
  });

const fields = {
  text: lineOfText(questionLengthMax),
  textEn: lineOfText(questionLengthMax)
    .nullable()
    .openapi({ description: 'English version; without it, `text` is shown.' }),
  choices: choicesSchema,
  isRequired: z.boolean(),
  position: z.int().min(0).max(positionMax),
};

export const createQuestionSchema = z
  .strictObject({
    text: fields.text,
    textEn: fields.textEn.default(null),
    kind: z.enum(questionKinds),
    scope: z.enum(questionScopes).openapi({ description: 'Asked once for the order, or for each of its tickets.' }),
    choices: fields.choices.default([]),
    isRequired: fields.isRequired.default(false),
    position: fields.position.default(0),
  })
  .refine(({ kind, choices }) => kind !== 'choice' || choices.length >= choicesMin, {
    ...fault('list.too_short', { limit: choicesMin }),
    path: ['choices'],
  })
  .refine(({ kind, choices }) => kind === 'choice' || choices.length === 0, {
    ...fault('field.unknown'),
    path: ['choices'],
  })
  .openapi('CreateQuestion');

export const changeQuestionSchema = z
  .strictObject({ ...fields, status: z.enum(questionStatuses) })
  .partial()
  .refine((change) => Object.keys(change).length > 0, fault('field.nothing_to_change'))
  .openapi('ChangeQuestion');

/** A question as buyers see it. */
export const askedQuestionSchema = z
  .object({
    id: z.string(),
    text: z.string(),
    textEn: z.string().nullable(),
    kind: z.enum(questionKinds),
    scope: z.enum(questionScopes),
    choices: z.array(z.object({ text: z.string(), textEn: z.string().nullable() })),
    isRequired: z.boolean(),
  })
  .openapi('AskedQuestion');

export const questionSchema = z
  .object({
    ...askedQuestionSchema.shape,
    position: z.int(),
    status: z
      .enum(questionStatuses)
      .openapi({ description: 'A closed question is no longer asked; its answers stay.' }),
    answers: z.int().openapi({ description: 'Number of answers.' }),
  })
  .openapi('Question');

export const questionListSchema = listOf(questionSchema).openapi('QuestionList');

export type CreateQuestion = z.output<typeof createQuestionSchema>;
export type ChangeQuestion = z.output<typeof changeQuestionSchema>;
