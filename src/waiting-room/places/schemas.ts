import { z } from '@hono/zod-openapi';
import { timeSchema } from '../../http/contract/schemas.ts';
import { phases } from '../rooms/phase.ts';

const solutionCharactersMax = 2048;
/** The largest whole number of a column of indexes. */
const placeIndexMax = 2 ** 31 - 1;

export const joinSchema = z
  .strictObject({
    challenge: z.string().min(1).max(solutionCharactersMax).optional().openapi({
      description:
        'The solved challenge as the ALTCHA widget sends it: base64 of JSON with `challenge` and `solution`.',
    }),
    insteadOf: z
      .int()
      .min(0)
      .max(placeIndexMax)
      .optional()
      .openapi({
        description:
          'Index of your own place whose turn has passed without an order, or, once, with an order that ended unpaid. The place and ' +
          'all its passes end, and you get a place at the end of the line. Otherwise 409 `queue.place_kept`.',
      }),
  })
  .openapi('JoinQueue');

export const placeSchema = z
  .object({
    placeToken: z.string().openapi({ description: 'Proves the place; keep it. Joining again returns it again.' }),
    index: z
      .int()
      .openapi({ description: 'Number of places given out before. The draw computes the position from it.' }),
    accountKey: z.string().openapi({ description: 'The buyer in the published list, hashed with `salt`.' }),
    salt: z.string().openapi({ description: '16 bytes in hex, shown to nobody else.' }),
    phase: z.enum(phases),
    joinedAt: timeSchema,
  })
  .openapi('QueuePlace');

export const challengeSchema = z
  .object({
    parameters: z.record(z.string(), z.unknown()),
    signature: z.string(),
  })
  .openapi('QueueChallenge');
