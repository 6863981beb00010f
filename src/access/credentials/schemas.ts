import { nameSchema, listQuery } from '../schemas.ts';
import { doorScopes, keyScopes } from './key-scopes.ts';
import { z } from '@hono/zod-openapi';
import { eventIdSchema, fault, plainIdSchema, timeSchema, organizerParams } from '../../http/contract/schemas.ts';

const apiKeyRoleSchema = z.enum(['manager', 'door']);
const scopesSchema = z.array(z.enum(keyScopes));
export const createApiKeySchema = z
  .strictObject({
    name: nameSchema,
    role: apiKeyRoleSchema,
    scopes: scopesSchema
      .min(1)
      .max(keyScopes.length)
      .refine((scopes) => new Set(scopes).size === scopes.length, fault('list.doubled'))
      .openapi({
        description:
          'Only what the program needs. The role limits each scope: a key with the role door can have only ' +
          `${doorScopes.map((scope) => `\`${scope}\``).join(', ')}.`,
      }),
  })
  .check(({ value, issues }) => {
    for (const [index, scope] of value.scopes.entries()) {
      if (value.role === 'manager' || doorScopes.includes(scope)) continue;
      issues.push({ code: 'custom', input: scope, path: ['scopes', index], ...fault('field.not_allowed') });
    }
  })
  .openapi('CreateApiKey');

export const apiKeySchema = z
  .object({
    id: plainIdSchema,
    name: z.string(),
    role: apiKeyRoleSchema,
    scopes: scopesSchema.nullable().openapi({
      description: 'Null for a key from before scopes existed, which may do everything that its role allows.',
    }),
    createdBy: plainIdSchema,
    createdAt: timeSchema,
    endedAt: timeSchema.nullable(),
  })
  .openapi('ApiKey');

export const createdApiKeySchema = apiKeySchema
  .extend({ key: z.string().openapi({ description: 'Shown only once.', example: 'antre_key_...' }) })
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
  .extend({ token: z.string().openapi({ description: 'Shown only once.', example: 'antre_device_...' }) })
  .openapi('CreatedDevice');

export const apiKeyParams = organizerParams.extend({ keyId: plainIdSchema });
export const deviceParams = organizerParams.extend({ deviceId: plainIdSchema });
export const deviceListQuery = listQuery.extend({ eventId: eventIdSchema.optional() });
