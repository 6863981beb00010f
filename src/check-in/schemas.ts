import { z } from '@hono/zod-openapi';
import {
  eventIdSchema,
  fault,
  lineOfText,
  patternFault,
  plainIdSchema,
  ticketIdSchema,
  timeSchema,
} from '../http/contract/schemas.ts';
import { gateName } from './gates/schemas.ts';
import { zoneSchema } from './zones/schemas.ts';
import { deviceIdLengthMax, scanIdLengthMax, undoReasonLengthMax } from './limits.ts';
import { directions, scanResults } from './tables.ts';

const ownId = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[\x21-\x7e]+$/, patternFault('text.not_visible_ascii'));

export const deviceIdField = ownId(deviceIdLengthMax).optional().openapi({
  description: "The scanner's own id, created once per installation. It tells apart two phones on one login.",
});

export const scanFields = {
  code: z
    .string()
    .optional()
    .openapi({
      description:
        'The text that the scanner read: the code in any case, with blanks or hyphens, with prefixes and control characters of ' +
        'scanners, or a link that contains it. Any other text is "invalid". Omit it only with `ticketId`.',
    }),
  ticketId: ticketIdSchema.optional().openapi({
    description: 'Instead of a code: a ticket found by search on the door list.',
  }),
  scanId: ownId(scanIdLengthMax).openapi({
    description:
      "The scanner's own id of this scan, the same on every retry; unique per event, login and device. With another code, " +
      'direction or gate it is refused.',
  }),
  deviceId: deviceIdField,
  gate: gateName.optional().openapi({
    description: 'Id or name of a gate, or any other label. Case, blanks and Unicode form are ignored.',
  }),
  direction: z.enum(directions).default('entry'),
};

/** Exactly one of them identifies the ticket. */
export const hasOneSubject = ({ code, ticketId }: { code?: string | undefined; ticketId?: string | undefined }) =>
  (code === undefined) !== (ticketId === undefined);
export const oneSubject = { path: ['code'], ...fault('scan.one_subject') };

export const scanSchema = z
  .strictObject({ eventId: eventIdSchema, ...scanFields })
  .refine(hasOneSubject, oneSubject)
  .openapi('Scan');

export const undoSchema = z
  .strictObject({
    eventId: eventIdSchema,
    scanId: scanFields.scanId,
    deviceId: deviceIdField,
    reason: lineOfText(undoReasonLengthMax),
  })
  .openapi('ScanUndo');

export const undoAnswerSchema = z
  .object({
    ticketId: ticketIdSchema,
    inside: z.boolean().openapi({ description: 'Whether somebody is inside with this ticket now.' }),
  })
  .openapi('ScanUndoAnswer');

const ticketSchema = z.object({ id: ticketIdSchema, ticketCategoryId: plainIdSchema, ticketCategory: z.string() });
export const admissionSchema = z.object({ at: timeSchema, gate: z.string().nullable() });

export const scanResultSchema = z.enum(scanResults).openapi('ScanResult');

export const answerFields = {
  result: scanResultSchema,
  ticket: ticketSchema.optional(),
  firstAdmission: admissionSchema.optional().openapi({ description: 'When and where this ticket first entered.' }),
};

export const scanAnswerSchema = z
  .object({
    ...answerFields,
    guest: z
      .object({
        name: z.string().openapi({ description: "The holder's name if the ticket has one, else the buyer's." }),
        orderCode: z.string(),
        partySize: z.int().openapi({ description: 'Live tickets of the order.' }),
      })
      .optional()
      .openapi({ description: 'Only if the organiser allows names at the door (`showsNames`).' }),
    note: z.string().optional().openapi({ description: "The organiser's instructions for this category." }),
  })
  .openapi('ScanAnswer');

export const eventParams = z.object({ id: eventIdSchema });

export const summarySchema = z
  .object({
    asOf: timeSchema,
    tickets: z.int(),
    admitted: z.int(),
    inside: z.int(),
    conflicts: z.int(),
    categories: z.array(
      z.object({
        ticketCategoryId: plainIdSchema,
        name: z.string(),
        tickets: z.int(),
        admitted: z.int(),
        inside: z.int(),
      }),
    ),
    gates: z.array(
      z.object({
        gate: z.string().nullable(),
        entries: z.int(),
        exits: z.int(),
        refused: z.int(),
        conflicts: z.int(),
      }),
    ),
    zones: z.array(zoneSchema),
  })
  .openapi('CheckInSummary');
