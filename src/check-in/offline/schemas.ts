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
import {
  admissionSchema,
  answerFields,
  deviceIdField,
  hasOneSubject,
  oneSubject,
  scanFields,
  scanResultSchema,
} from '../schemas.ts';
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
        "The server's time minus the device's at the scan, if the device knows it. Otherwise `sentAt` is used.",
    }),
    result: scanResultSchema.optional().openapi({
      description:
        "The door's decision. `admitted` and `exited` mean that the person went through, and are recorded as such. If omitted, " +
        'the person went through, unless this device has let the ticket in before.',
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
      description:
        "When this was sent, by the device's own clock. The difference from the server's clock corrects the times of the scans.",
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
        scanId: z.string().nullable().openapi({ description: 'Null if the item had no readable one.' }),
        ...answerFields,
        result: z.enum([...scanResults, 'refused']).openapi({
          description: 'The result of the scan. "refused": only this item was rejected; `problem` says why.',
        }),
        fault: faultSchema.optional().openapi({
          description: 'The door let this person in against the rules: the result that it should have given.',
        }),
        conflict: admissionSchema
          .optional()
          .openapi({ description: 'The same ticket was let in twice: time and gate of the other entry.' }),
        problem: scanProblemSchema.optional(),
      }),
    ),
  })
  .openapi('ScanSyncAnswer');

export const doorListQuery = z.strictObject({
  cursor: pageQuery.cursor,
  limit: z.coerce.number().int().min(1).max(doorListPageMax).default(doorListPageDefault),
});
export const conflictsQuery = z.strictObject({
  ...pageQuery,
  deviceId: deviceIdField.openapi({
    description: 'Only conflicts in which this device has made one of the two scans.',
  }),
});

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
        doorNote: z.string().nullable().openapi({ description: "The organiser's instructions for this category." }),
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
      .openapi({ description: 'The Ed25519 keys, in hex, whose codes are valid. A code of any other key is forged.' }),
    showsNames: z.boolean(),
    data: z.array(
      z.object({
        codeSha256: z.string().openapi({ description: 'SHA-256, in hex, of the 26 characters of the code.' }),
        ticketCategoryId: plainIdSchema,
        status: z.enum(['live', 'revoked', 'replaced']).openapi({
          description: '`replaced`: the ticket has a newer code, and this one is refused.',
        }),
        admission: admissionSchema.extend({ inside: z.boolean() }).nullable().openapi({
          description: 'When and where the ticket first entered, and whether it is inside.',
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
              "Null unless `showsNames` is true. `phoneEnd`: the last four digits of the buyer's phone; null for a ticket that was given " +
              'to somebody. `partySize`: live tickets of the order.',
          }),
      }),
    ),
    nextCursor: z.string().nullable(),
    syncCursor: z
      .string()
      .nullable()
      .openapi({ description: 'On the last page: use it later to get the changes since. Entries may be repeated.' }),
    asOf: timeSchema,
  })
  .openapi('DoorList');

export const conflictListSchema = z
  .object({
    data: z.array(
      z.object({
        ticketId: ticketIdSchema.nullable().openapi({ description: 'Null if the code is not a ticket of the event.' }),
        actorId: z.string().openapi({ description: 'The login.' }),
        deviceId: z.string().openapi({ description: "The device's own id, or its login." }),
        scanId: z.string(),
        at: timeSchema,
        gate: z.string().nullable(),
        by: z.string().nullable().openapi({
          description: 'The name of the device, member or API key; null if it was deleted.',
        }),
        fault: faultSchema
          .nullable()
          .openapi({ description: 'Let in against the rules: the result that the door should have given.' }),
        other: admissionSchema
          .extend({ deviceId: z.string().nullable(), scanId: z.string().nullable(), by: z.string().nullable() })
          .nullable()
          .openapi({ description: 'Let in twice: the entry that counts.' }),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .openapi('CheckInConflicts');
