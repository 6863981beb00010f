import { z } from '@hono/zod-openapi';
import { pageQuery } from '../http/pagination.ts';
import { eventIdSchema, lineOfText, plainIdSchema, slugSchema, ticketIdSchema, timeSchema } from '../http/schemas.ts';
import {
  codeLengthMax,
  doorListPageDefault,
  doorListPageMax,
  gateNameLengthMax,
  scanIdLengthMax,
  scansPerSyncMax,
} from './limits.ts';
import { directions, scanResults } from './tables.ts';

const gateName = lineOfText(gateNameLengthMax);
const scanFields = {
  code: z
    .string()
    .max(codeLengthMax)
    .openapi({ description: 'What the QR says. Anything that is no code is "invalid".' }),
  scanId: z
    .string()
    .min(1)
    .max(scanIdLengthMax)
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
    .openapi({
      description: "The scanner's own id of this scan, the same on every retry; unique per event and device.",
    }),
  gate: gateName.optional().openapi({ description: 'Id or name of a gate, or any other label.' }),
  direction: z.enum(directions).default('entry'),
};

export const scanSchema = z.strictObject({ eventId: eventIdSchema, ...scanFields }).openapi('Scan');

/** Years that make sense and that Postgres can hold. */
const scanTime = timeSchema
  .refine((value) => value >= '2020' && value < '2100', 'must be a time between 2020 and 2100')
  .transform((value) => new Date(value));

export const syncSchema = z
  .strictObject({
    eventId: eventIdSchema,
    scans: z
      .array(z.strictObject({ ...scanFields, scannedAt: scanTime }))
      .min(1)
      .max(scansPerSyncMax),
  })
  .openapi('ScanSync');

const ticketSchema = z.object({ id: ticketIdSchema, ticketCategoryId: plainIdSchema, ticketCategory: z.string() });
const admissionSchema = z.object({ at: timeSchema, gate: z.string().nullable() });

const answerFields = {
  result: z.enum(scanResults),
  ticket: ticketSchema.optional(),
  firstAdmission: admissionSchema.optional().openapi({ description: 'When and where this ticket came in first.' }),
};

export const scanAnswerSchema = z.object(answerFields).openapi('ScanAnswer');

export const syncAnswerSchema = z
  .object({
    data: z.array(
      z.object({
        scanId: z.string(),
        ...answerFields,
        conflict: admissionSchema
          .optional()
          .openapi({ description: "Another device let the same ticket in: the other entry's time and gate." }),
      }),
    ),
  })
  .openapi('ScanSyncAnswer');

export const eventParams = z.object({ id: eventIdSchema });
export const gatesParams = z.object({ slug: slugSchema, eventId: eventIdSchema });
export const gateParams = z.object({ slug: slugSchema, eventId: eventIdSchema, gateId: plainIdSchema });

export const doorListQuery = z.strictObject({
  cursor: pageQuery.cursor,
  limit: z.coerce.number().int().min(1).max(doorListPageMax).default(doorListPageDefault),
});
export const conflictsQuery = z.strictObject(pageQuery);

export const gateSchema = z
  .object({ id: plainIdSchema, name: z.string(), ticketCategoryIds: z.array(plainIdSchema).nullable() })
  .openapi('Gate');

const categoriesMax = 200;
const gateCategories = z
  .array(plainIdSchema)
  .min(1)
  .max(categoriesMax)
  .nullable()
  .openapi({ description: 'Categories that may enter here; null for all.' });

export const newGateSchema = z
  .strictObject({ name: gateName, ticketCategoryIds: gateCategories.default(null) })
  .openapi('NewGate');
export const gateChangeSchema = z
  .strictObject({ name: gateName.optional(), ticketCategoryIds: gateCategories.optional() })
  .openapi('GateChange');

export const gateListSchema = z.object({ data: z.array(gateSchema), nextCursor: z.null() }).openapi('GateList');

export const doorListSchema = z
  .object({
    event: z.object({ id: eventIdSchema, doorsOpenAt: timeSchema, endsAt: timeSchema }),
    categories: z.array(
      z.object({
        id: plainIdSchema,
        name: z.string(),
        entryOpensAt: timeSchema.nullable(),
        entryClosesAt: timeSchema.nullable(),
      }),
    ),
    gates: z.array(gateSchema),
    data: z.array(
      z.object({
        codeSha256: z.string().openapi({ description: 'SHA-256, in hex, of the 26 characters of the code.' }),
        ticketCategoryId: plainIdSchema,
        status: z.enum(['live', 'revoked']),
      }),
    ),
    nextCursor: z.string().nullable(),
    syncCursor: z
      .string()
      .nullable()
      .openapi({ description: 'On the last page: ask with it later for what changed since. Entries may come again.' }),
    asOf: timeSchema,
  })
  .openapi('DoorList');

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
  })
  .openapi('CheckInSummary');

export const conflictListSchema = z
  .object({
    data: z.array(
      z.object({
        ticketId: ticketIdSchema,
        deviceId: z.string(),
        scanId: z.string(),
        at: timeSchema,
        gate: z.string().nullable(),
        other: admissionSchema,
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .openapi('CheckInConflicts');
