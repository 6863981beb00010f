import { roleSchema, knownClientSchema, keptTokenSchema } from '../schemas.ts';
import { z } from '@hono/zod-openapi';
import { emailSchema, eventIdSchema, plainIdSchema, slugSchema, timeSchema } from '../../http/contract/schemas.ts';
import { keyScopes } from '../credentials/key-scopes.ts';
import { passwordLengthMax } from '../limits.ts';

export const signInSchema = z
  .strictObject({
    email: emailSchema,
    password: z.string().min(1).max(passwordLengthMax).openapi({ format: 'password' }),
    knownClientToken: knownClientSchema,
  })
  .openapi('SignIn');

export const signedInSchema = z
  .object({ accessToken: z.string(), expiresAt: timeSchema, knownClientToken: keptTokenSchema })
  .openapi('SignedIn');

export const actorSchema = z
  .object({
    kind: z.enum(['staff', 'api_key', 'device']),
    id: plainIdSchema,
    name: z.string(),
    email: z.string().optional(),
    role: roleSchema,
    organizer: z.object({ slug: slugSchema, name: z.string() }),
    eventId: eventIdSchema.optional().openapi({ description: 'The one event that a device scans for.' }),
    eventIds: z.array(eventIdSchema).optional().openapi({ description: 'The events that a member is limited to.' }),
    managerEventIds: z
      .array(eventIdSchema)
      .optional()
      .openapi({ description: 'The events at which a member with the role door is the manager.' }),
    scopes: z.array(z.enum(keyScopes)).optional().openapi({ description: 'The areas that an API key is limited to.' }),
    sessionId: plainIdSchema.optional(),
    expiresAt: timeSchema.optional(),
  })
  .openapi('WhoAmI');

export const sessionSchema = z
  .object({ id: plainIdSchema, current: z.boolean(), createdAt: timeSchema, expiresAt: timeSchema })
  .openapi('Session');

export const sessionParams = z.object({ sessionId: plainIdSchema });
