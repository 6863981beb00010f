import { z } from '@hono/zod-openapi';
import { fault, lineOfText, listOf } from '../../http/contract/schemas.ts';
import { anyId, eventParams } from '../schemas.ts';

const placesMax = 10_000_000;
const places = z.int().min(0).max(placesMax);
export const poolParams = eventParams.extend({ poolId: anyId('pol_06FJ2V1H8C9QX4T0RBVE') });

export const createPoolSchema = z
  .strictObject({ name: lineOfText(100), capacity: places, blocked: places.default(0) })
  .refine((pool) => pool.blocked <= pool.capacity, {
    ...fault('limit.above', { other: 'capacity' }),
    path: ['blocked'],
  })
  .openapi('CreatePool');

export const changePoolSchema = z
  .strictObject({ capacity: places.optional(), blocked: places.optional() })
  .refine((pool) => pool.capacity !== undefined || pool.blocked !== undefined, fault('field.nothing_to_change'))
  .openapi('ChangePool');

export const poolSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    capacity: z.int(),
    available: z.int(),
    held: z.int(),
    sold: z.int(),
    blocked: z.int(),
  })
  .openapi('Pool');

export const poolListSchema = listOf(poolSchema).openapi('PoolList');

export type CreatePoolInput = z.output<typeof createPoolSchema>;

export type ChangePoolInput = z.output<typeof changePoolSchema>;
