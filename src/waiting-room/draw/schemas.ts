import { z } from '@hono/zod-openapi';
import { eventIdSchema, slugSchema, timeSchema } from '../../http/contract/schemas.ts';
import { drawStates } from '../tables.ts';
import { voidReasons } from './order/draw-rules.ts';
import { leavesPerChunk, placesMax } from './order/method.ts';

const bytesInHex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))
    .openapi({ description: `${bytes} bytes in hex` });
const hash = bytesInHex(32);
/** A number in a path. A number that is read from text counts as optional in the contract unless it says otherwise. */
const wholeNumber = (max: number) =>
  z.coerce
    .number()
    .int()
    .min(0)
    .max(max)
    .openapi({ type: 'integer', minimum: 0, maximum: max, param: { required: true } });

export const leavesParams = z.object({ slug: slugSchema, chunk: wholeNumber(Math.ceil(placesMax / leavesPerChunk)) });
export const proofParams = z.object({ slug: slugSchema, index: wholeNumber(placesMax - 1) });

export const drawSchema = z
  .object({
    number: z.int(),
    state: z.enum(drawStates),
    seedHash: hash,
    beaconChain: hash,
    beaconRound: z.int(),
    beaconRoundAt: timeSchema,
    leadSeconds: z.int().openapi({
      description: 'The round comes at least this long after the freeze, or after the previous, void draw.',
    }),
    committedAt: timeSchema,
    frozenAt: timeSchema.nullable(),
    places: z.int().nullable().openapi({ description: 'Number of places at the freeze: indexes 0 to places - 1.' }),
    voidedPlaces: z.array(z.int()).nullable(),
    merkleRoot: hash.nullable(),
    rootedAt: timeSchema.nullable(),
    seed: hash.nullable(),
    revealedAt: timeSchema.nullable(),
    beaconSignature: bytesInHex(48).nullable(),
    beaconRandomness: hash.nullable(),
    drawKey: hash.nullable(),
    drawnAt: timeSchema.nullable(),
    voidReason: z.enum(voidReasons).nullable(),
  })
  .openapi('Draw');

export const drawsSchema = z
  .object({
    eventId: eventIdSchema,
    method: z.literal('antre.draw.v1').openapi({ description: 'docs/features/draw.md explains how to repeat it.' }),
    leavesPerChunk: z.literal(leavesPerChunk),
    preQueueOpensAt: timeSchema,
    freezesAt: timeSchema,
    opensAt: timeSchema,
    rules: z.object({ leadSeconds: z.int(), revealWithinSeconds: z.int(), beaconWithinSeconds: z.int() }),
    beacon: z.object({
      chain: hash,
      scheme: z.literal('bls-unchained-g1-rfc9380'),
      publicKey: bytesInHex(96),
      genesis: z.int().openapi({ description: 'Time of round 1 in seconds since 1970.' }),
      periodSeconds: z.int(),
      urls: z.array(z.string()),
    }),
    draws: z.array(drawSchema).openapi({ description: 'All draws, including void ones; the last one counts.' }),
  })
  .openapi('Draws');

export const proofSchema = z
  .object({
    eventId: eventIdSchema,
    index: z.int(),
    places: z.int(),
    leaf: hash,
    siblings: z.array(hash).openapi({ description: 'From the leaf up to the root (RFC 9162, 2.1.3).' }),
    merkleRoot: hash,
  })
  .openapi('PlaceProof');
