import { nameSchema, organizerParams, listQuery } from '../schemas.ts';
import { z } from '@hono/zod-openapi';
import { eventIdSchema, plainIdSchema, timeSchema } from '../../http/contract/schemas.ts';

const apiKeyRoleSchema = z.enum(['manager', 'door']);
export const createApiKeySchema = z.strictObject({ name: nameSchema, role: apiKeyRoleSchema }).openapi('CreateApiKey');

export const apiKeySchema = z
  .object({
    id: plainIdSchema,
    name: z.string(),
    role: apiKeyRoleSchema,
    createdBy: plainIdSchema,
    createdAt: timeSchema,
    endedAt: timeSchema.nullable(),
  })
  .openapi('ApiKey');

export const createdApiKeySchema = apiKeySchema
  .extend({ key: z.string().openapi({ description: 'Shown this once.', example: 'antre_key_...' }) })
  .openapi('CreatedApiKey');

export const createDeviceSchema = z.strictObject({ eventId: eventIdSchema, name: nameSchema }).openapi('CreateDevice');

export const deviceSchema = z
  .object({
    id: plainIdSchema,
    eventId: eventIdSchema,
    name: z.string(),
    createdBy: plainIdSchema,
    createdAt: timeSchema,
    endedAt: timeSchema.nullable(),
  })
  .openapi('Device');

export const createdDeviceSchema = deviceSchema
  .extend({ token: z.string().openapi({ description: 'Shown this once.', example: 'antre_device_...' }) })
  .openapi('CreatedDevice');

export const apiKeyParams = organizerParams.extend({ keyId: plainIdSchema });
export const deviceParams = organizerParams.extend({ deviceId: plainIdSchema });
export const deviceListQuery = listQuery.extend({ eventId: eventIdSchema.optional() });
