import { z } from '@hono/zod-openapi';
import { plainIdSchema, organizerEventParams } from '../../http/contract/schemas.ts';
import { gateName } from '../gates/schemas.ts';
import { zoneCapacityMax } from '../limits.ts';

export const zoneParams = organizerEventParams.extend({ zoneId: plainIdSchema });

export const zoneSchema = z
  .object({
    id: plainIdSchema,
    name: z.string(),
    capacity: z.int().nullable(),
    inside: z.int().openapi({
      description: 'People inside now. May exceed the capacity, because offline doors cannot see each other.',
    }),
  })
  .openapi('Zone');

const capacity = z.int().min(1).max(zoneCapacityMax).nullable().openapi({
  description: 'People who may be inside at once; null for no limit.',
});

export const newZoneSchema = z.strictObject({ name: gateName, capacity: capacity.default(null) }).openapi('NewZone');
export const zoneChangeSchema = z
  .strictObject({ name: gateName.optional(), capacity: capacity.optional() })
  .openapi('ZoneChange');

export const zoneListSchema = z.object({ data: z.array(zoneSchema), nextCursor: z.null() }).openapi('ZoneList');
