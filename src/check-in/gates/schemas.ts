import { z } from '@hono/zod-openapi';
import {
  fault,
  givenTimeSchema,
  lineOfText,
  plainIdSchema,
  timeSchema,
  organizerEventParams,
} from '../../http/contract/schemas.ts';
import { gateKey } from './key.ts';
import { gateNameLengthMax } from '../limits.ts';
import { reEntryRules } from '../tables.ts';

export const gateName = lineOfText(gateNameLengthMax).refine(
  (name) => gateKey(name) !== '' && name.isWellFormed(),
  fault('name.invisible'),
);

export const gateParams = organizerEventParams.extend({ gateId: plainIdSchema });

const reEntry = z.enum(reEntryRules).openapi({
  description: 'Whether a used ticket may enter here again: never, after its exit was scanned, or always.',
});

export const gateSchema = z
  .object({
    id: plainIdSchema,
    name: z.string(),
    ticketCategoryIds: z.array(plainIdSchema).nullable(),
    opensAt: timeSchema.nullable(),
    closesAt: timeSchema.nullable(),
    reEntry,
    zoneId: plainIdSchema.nullable(),
  })
  .openapi('Gate');

const categoriesMax = 200;
const gateCategories = z
  .array(plainIdSchema)
  .min(1)
  .max(categoriesMax)
  .nullable()
  .openapi({ description: 'Categories that may enter here; null for all.' });

const gateTime = givenTimeSchema
  .transform((value) => new Date(value))
  .nullable()
  .openapi({
    description: 'Entry from `opensAt` until before `closesAt`; null means no limit at this gate.',
  });
const gateZone = plainIdSchema.nullable().openapi({ description: 'The zone that the gate leads into.' });

export const newGateSchema = z
  .strictObject({
    name: gateName,
    ticketCategoryIds: gateCategories.default(null),
    opensAt: gateTime.default(null),
    closesAt: gateTime.default(null),
    reEntry: reEntry.default('after_exit'),
    zoneId: gateZone.default(null),
  })
  .openapi('NewGate');
export const gateChangeSchema = z
  .strictObject({
    name: gateName.optional(),
    ticketCategoryIds: gateCategories.optional(),
    opensAt: gateTime.optional(),
    closesAt: gateTime.optional(),
    reEntry: reEntry.optional(),
    zoneId: gateZone.optional(),
  })
  .openapi('GateChange');

export const gateListSchema = z.object({ data: z.array(gateSchema), nextCursor: z.null() }).openapi('GateList');
