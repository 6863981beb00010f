import { z } from '@hono/zod-openapi';
import { eventIdSchema, fault, lineOfText, plainIdSchema, slugSchema } from '../../http/contract/schemas.ts';
import { gateKey } from './key.ts';
import { gateNameLengthMax } from '../limits.ts';

export const gateName = lineOfText(gateNameLengthMax).refine(
  (name) => gateKey(name) !== '' && name.isWellFormed(),
  fault('name.invisible'),
);

export const gatesParams = z.object({ slug: slugSchema, eventId: eventIdSchema });
export const gateParams = z.object({ slug: slugSchema, eventId: eventIdSchema, gateId: plainIdSchema });

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
