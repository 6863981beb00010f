import { z } from '@hono/zod-openapi';
import { listOf, optionalLine, plainIdSchema, timeSchema, organizerParams } from '../../../http/contract/schemas.ts';
import { subscribableTypes } from '../catalogue.ts';
import { descriptionLengthMax, urlLengthMax } from '../limits.ts';
import { disabledReasons } from '../tables.ts';

export const endpointParams = organizerParams.extend({ endpointId: plainIdSchema });

const typeSchema = z.enum(subscribableTypes).openapi('WebhookType');
const fields = {
  url: z.string().trim().min(1).max(urlLengthMax).openapi({
    description: 'Begins with https:// and resolves to public addresses only. Port 443 or 8443.',
    example: 'https://hooks.example.com/antre',
  }),
  types: z.array(typeSchema).min(1).max(subscribableTypes.length),
  description: optionalLine(descriptionLengthMax),
};

export const createEndpointSchema = z
  .strictObject({ url: fields.url, types: fields.types, description: fields.description.default('') })
  .openapi('CreateWebhookEndpoint');

export const changeEndpointSchema = z
  .strictObject({
    url: fields.url.optional(),
    types: fields.types.optional(),
    description: fields.description.optional(),
    status: z.enum(['active', 'disabled']).optional(),
  })
  .openapi('ChangeWebhookEndpoint');

/** Without its secret, which is shown once. */
export const endpointSchema = z
  .object({
    id: plainIdSchema,
    url: z.string(),
    types: z.array(typeSchema),
    description: z.string(),
    status: z.enum(['active', 'disabled']),
    disabledReason: z.enum(disabledReasons).nullable(),
    disabledAt: timeSchema.nullable(),
    failingSince: timeSchema.nullable().openapi({ description: 'Since when every try has failed.' }),
    pausedUntil: timeSchema.nullable().openapi({ description: 'Nothing is sent until then.' }),
    createdAt: timeSchema,
  })
  .openapi('WebhookEndpoint');

const secretSchema = z.string().openapi({
  description: 'Signs the webhooks of this endpoint. Shown only once.',
  example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw1n4z3p8aYbE=',
});

export const madeEndpointSchema = endpointSchema.extend({ secret: secretSchema }).openapi('MadeWebhookEndpoint');
export const endpointListSchema = listOf(endpointSchema).openapi('WebhookEndpointList');

export const rotatedSecretSchema = z
  .object({
    secret: secretSchema,
    previousUntil: timeSchema.openapi({
      description: 'Until then, webhooks carry one signature for each of the two secrets.',
    }),
  })
  .openapi('RotatedWebhookSecret');
