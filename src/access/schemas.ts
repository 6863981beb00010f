import { z } from '@hono/zod-openapi';
import { pageQuery } from '../http/contract/pagination.ts';
import { emailSchema, lineOfText, personName, plainIdSchema, patternFault } from '../http/contract/schemas.ts';
import { signedTextLengthMax } from '../platform/text/signed-text.ts';
import { roles } from './actor.ts';

/** Inputs and outputs of the room's routes. */

export const roleSchema = z.enum(roles).openapi('Role');

export const localeSchema = z.enum(['id', 'en']);
const nameLengthMax = 120;
export const nameSchema = lineOfText(nameLengthMax);
export const personNameSchema = personName(nameLengthMax);
const keptMax = 200;
const keptSchema = z.union([z.enum(['api_keys', 'devices', 'invitations']), plainIdSchema]);

export const keepSchema = z.array(keptSchema).max(keptMax).openapi({
  description:
    'What to keep, by id or all of a kind: `api_keys`, `devices`, `invitations`. All other access that was given ends.',
});

/** As a query parameter: ids separated by commas. */
export const keepQuery = z.strictObject({
  keep: z
    .string()
    .regex(/^[\w,]*$/)
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(keptSchema).max(keptMax))
    .optional()
    .openapi({
      type: 'string',
      description:
        'Ids, or `api_keys`, `devices`, `invitations`, separated by commas. All other access that was given ends.',
    }),
});

/** A token that is invalid or belongs to another address is ignored. */
export const knownClientSchema = z
  .string()
  .max(signedTextLengthMax)
  .regex(/^[\x21-\x7e]*$/, patternFault('text.not_visible_ascii'))
  .optional()
  .openapi({
    description:
      'The token from an earlier response. With it, strangers who use up the tries of this address do not lock you out.',
  });

export const keptTokenSchema = z.string().openapi({
  description: 'Keep it in this client, and send it as `knownClientToken`. It gives no access.',
});

export const listQuery = z.strictObject(pageQuery);

/** What an operator enters to create an organiser, and a person who signs up as one. */
export const createOrganizerSchema = z
  .strictObject({
    slug: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{1,46}[a-z0-9])$/, patternFault('slug.invalid', { min: 3, max: 48 })),
    name: nameSchema,
    ownerEmail: emailSchema,
    ownerName: personNameSchema.default('Owner'),
    locale: localeSchema.default('id'),
  })
  .openapi('SignUp');
