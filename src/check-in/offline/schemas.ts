import { z } from '@hono/zod-openapi';
import { pageQuery } from '../../http/contract/pagination.ts';
import {
  fault,
  eventIdSchema,
  fieldFaultSchema,
  plainIdSchema,
  ticketIdSchema,
  timeSchema,
} from '../../http/contract/schemas.ts';
import { gateSchema } from '../gates/schemas.ts';
import { zoneSchema } from '../zones/schemas.ts';
import { clockOffsetMsMax, doorListPageDefault, doorListPageMax, scansPerSyncMax } from '../limits.ts';
import { admissionSchema, answerFields, deviceIdField, hasOneSubject, oneSubject, scanFields } from '../schemas.ts';
import { faults, scanResults } from '../tables.ts';

/** A device whose battery was empty starts in 1970. The clock offset corrects the times of its scans. */
const deviceTime = timeSchema
  .refine(
    (value) => {
      const year = new Date(value).getUTCFullYear();
      return year >= 1970 && year < 2100;
    },
    fault('time.out_of_range', { from: 1970, to: 2100 }),
  )
  .transform((value) => new Date(value));

export const offlineScanSchema = z
  .strictObject({
    ...scanFields,
    scannedAt: deviceTime.openapi({ description: "When it was scanned, by the device's own clock." }),
    clockOffsetMs: z.int().min(-clockOffsetMsMax).max(clockOffsetMsMax).optional().openapi({
      description:
        "The server's time minus the device's when it was scanned, if the device knows. Otherwise `sentAt` tells.",
    }),
    result: z
      .enum(scanResults)
      .optional()
      .openapi({
        description:
          'What the door decided. Who was `admitted` or `exited` went through, and is recorded so whatever the server ' +
          'knows. Without it the person went through, except that a device refuses by itself what it has let in.',
      }),
  })
  .refine(({ direction, result }) => result !== (direction === 'entry' ? 'exited' : 'admitted'), {
    path: ['result'],
    ...fault('scan.direction'),
  })
  .refine(hasOneSubject, oneSubject)
  .openapi('OfflineScan');

/** Not parsed here, since one bad item must not refuse the batch. `readOfflineScan` parses each item. */
const offlineScanItem = z.unknown().openapi({
  type: 'object',
  allOf: [{ $ref: '#/components/schemas/OfflineScan' }],
} as object);

export const syncSchema = z
  .strictObject({
    eventId: eventIdSchema,
    deviceId: deviceIdField,
    sentAt: deviceTime.optional().openapi({
      description: "When this was sent, by the device's own clock: what the clock is off by corrects the scans' times.",
    }),
    scans: z.array(offlineScanItem).min(1).max(scansPerSyncMax),
  })
  .openapi('ScanSync');

const faultSchema = z.enum(faults);

const scanProblemSchema = z
  .object({
    code: z.string().openapi({ example: 'check_in.scan_id_reused' }),
    detail: z.string(),
    errors: z.array(fieldFaultSchema).optional(),
  })
  .openapi('ScanProblem');

export const syncAnswerSchema = z
  .object({
    data: z.array(
      z.object({
        scanId: z.string().nullable().openapi({ description: 'Null when the item had none that can be shown.' }),
        ...answerFields,
        result: z.enum([...scanResults, 'refused']).openapi({
          description: 'How the scan stands. "refused": this item was not taken, `problem` says why; the others were.',
        }),
        fault: faultSchema.optional().openapi({
          description: 'The door let this person in, and should not have: what the answer would have been.',
        }),
        conflict: admissionSchema
          .optional()
          .openapi({ description: "The same ticket was let in twice: the other entry's time and gate." }),
        problem: scanProblemSchema.optional(),
      }),
    ),
  })
  .openapi('ScanSyncAnswer');

export const doorListQuery = z.strictObject({
  cursor: pageQuery.cursor,
  limit: z.coerce.number().int().min(1).max(doorListPageMax).default(doorListPageDefault),
});
export const conflictsQuery = z.strictObject(pageQuery);

export const doorListSchema = z
  .object({
    event: z.object({
      id: eventIdSchema,
      name: z.string(),
      timeZone: z.string(),
      doorsOpenAt: timeSchema,
      endsAt: timeSchema,
    }),
    categories: z.array(
      z.object({
        id: plainIdSchema,
        name: z.string(),
        entryOpensAt: timeSchema.nullable(),
        entryClosesAt: timeSchema.nullable(),
        doorNote: z.string().nullable().openapi({ description: 'What the door does for this category.' }),
      }),
    ),
    gates: z.array(gateSchema),
    zones: z.array(zoneSchema),
    signing: z
      .object({
        eventNo: z.int().openapi({ description: 'Bytes 3 to 6 of a signed code of this event, as a number.' }),
        isUsed: z.boolean().openapi({ description: 'Whether new codes are signed.' }),
        keys: z.array(z.object({ keyId: z.int(), publicKey: z.string() })),
      })
      .openapi({ description: 'The Ed25519 keys, in hex, whose codes are good. A code of any other key is forged.' }),
    showsNames: z.boolean(),
    data: z.array(
      z.object({
        codeSha256: z.string().openapi({ description: 'SHA-256, in hex, of the 26 characters of the code.' }),
        ticketCategoryId: plainIdSchema,
        status: z.enum(['live', 'revoked', 'replaced']).openapi({
          description: '`replaced`: the ticket has a newer code, and this one opens no door.',
        }),
        admission: admissionSchema.extend({ inside: z.boolean() }).nullable().openapi({
          description: 'When and where somebody came in first with the ticket, and whether they are inside.',
        }),
        guest: z
          .object({
            ticketId: ticketIdSchema,
            name: z.string(),
            phoneEnd: z.string().nullable(),
            orderCode: z.string(),
            partySize: z.int(),
          })
          .nullable()
          .openapi({
            description:
              "Null unless `showsNames` is set. `phoneEnd`: the last four digits of the buyer's phone; null for a ticket that was given " +
              'to somebody. `partySize`: valid tickets of the order.',
          }),
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

export const conflictListSchema = z
  .object({
    data: z.array(
      z.object({
        ticketId: ticketIdSchema.nullable().openapi({ description: 'Null when the code is no ticket of the event.' }),
        actorId: z.string().openapi({ description: 'Who was signed in.' }),
        deviceId: z.string().openapi({ description: 'The device by its own id, or by its login.' }),
        scanId: z.string(),
        at: timeSchema,
        gate: z.string().nullable(),
        fault: faultSchema
          .nullable()
          .openapi({ description: 'Let in against the rules: what the answer would have been.' }),
        other: admissionSchema
          .extend({ deviceId: z.string().nullable() })
          .nullable()
          .openapi({ description: 'Let in twice: the entry that stands.' }),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .openapi('CheckInConflicts');
