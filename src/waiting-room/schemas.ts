import { z } from '@hono/zod-openapi';
import { eventIdSchema, givenTimeSchema, timeSchema } from '../http/contract/schemas.ts';
import { leadSecondsMax, leadSecondsMin } from './draw/order/draw-rules.ts';
import { phases } from './rooms/phase.ts';
import { drawStates } from './tables.ts';

export const phaseSchema = z.enum(phases).openapi('QueuePhase');

const hex = z.string().regex(/^[0-9a-f]+$/);

export const queueDocumentSchema = z
  .object({
    phase: phaseSchema,
    preQueueOpensAt: timeSchema,
    freezesAt: timeSchema,
    opensAt: timeSchema,
    isLate: z.boolean().openapi({ description: 'The opening time has passed, but the draw is not finished.' }),
    isPaused: z
      .boolean()
      .openapi({ description: 'Nobody is called now, and no turn runs out: the room is paused, or its sale.' }),
    isSaleOver: z.boolean().openapi({ description: 'The event was cancelled or is over, or its last sale has ended.' }),
    places: z.int().openapi({ description: 'Places given out.' }),
    serving: z.number().openapi({ description: 'Positions below this have been called, at `servingAt`.' }),
    servingAt: timeSchema,
    ratePerSecond: z
      .number()
      .openapi({ description: 'Positions called per second; extrapolate with it until the next poll.' }),
    lapsedBelow: z.int().openapi({ description: 'The turn of positions below this is over.' }),
    stock: z.enum(['many', 'few', 'last', 'none']),
    pollSeconds: z.int().openapi({
      description:
        'When to poll again without a place. With a place: a quarter of (position - serving) / ratePerSecond, between 2 and ' +
        '60 seconds. Multiply either by a random number between 0.8 and 1.2.',
    }),
    turnSeconds: z
      .int()
      .openapi({ description: 'How long a turn lasts, in which the place can be exchanged for a pass.' }),
    passSeconds: z.int(),
    challengeDifficulty: z.int().openapi({ description: 'Difficulty of the challenge for joining; 0 for none.' }),
    draw: z
      .object({
        number: z.int(),
        state: z.enum(drawStates),
        seedHash: hex,
        beaconChain: z.string(),
        beaconRound: z.int(),
        beaconRoundAt: timeSchema,
        frozenPlaces: z.int().nullable(),
        merkleRoot: hex.optional(),
        seed: hex.optional(),
        beaconRandomness: hex.optional(),
        drawKey: hex.optional(),
      })
      .nullable(),
    serverTime: timeSchema,
  })
  .openapi('Queue');

export const exchangeSchema = z.strictObject({ placeToken: z.string().min(1).max(256) }).openapi('PassRequest');

export const passSchema = z
  .object({
    pass: z.string().openapi({ description: 'For the header `Queue-Pass` of `POST /v1/orders`.' }),
    expiresAt: timeSchema,
  })
  .openapi('Pass');

const rateMaxLimits = { min: 0.1, max: 10_000 } as const;
const turnSecondsLimits = { min: 60, max: 3600 } as const;
const challengeDifficultyMax = 10_000_000;

export const planSchema = z
  .strictObject({
    preQueueOpensAt: givenTimeSchema,
    freezesAt: givenTimeSchema,
    opensAt: givenTimeSchema,
    drawLeadSeconds: z
      .int()
      .min(leadSecondsMin)
      .max(leadSecondsMax)
      .optional()
      .openapi({
        description:
          'Seconds from the freeze to the beacon round that decides the draw, in which the list is written and published. ' +
          'Default: half of the time from the freeze to the opening, between 30 s and 10 minutes.',
      }),
    rateMax: z.number().min(rateMaxLimits.min).max(rateMaxLimits.max).openapi({ description: 'Buyers per second.' }),
    turnSeconds: z.int().min(turnSecondsLimits.min).max(turnSecondsLimits.max).default(300),
    passSeconds: z.int().min(turnSecondsLimits.min).max(turnSecondsLimits.max).default(600),
    challengeDifficulty: z.int().min(0).max(challengeDifficultyMax).default(0),
  })
  .openapi('WaitingRoomPlan');

export const roomSchema = z
  .object({
    ...planSchema.shape,
    drawLeadSeconds: z.int(),
    turnSeconds: z.int(),
    passSeconds: z.int(),
    challengeDifficulty: z.int(),
    eventId: eventIdSchema,
    phase: phaseSchema,
    isPaused: z.boolean(),
    isStill: z.boolean().openapi({
      description: 'Nobody is called now, and no turn runs out: it is paused, or no order can be placed.',
    }),
    isLate: z.boolean(),
    places: z.int(),
    served: z.int().openapi({ description: 'Positions called so far.' }),
    waiting: z.int(),
    lapsed: z.int().openapi({ description: 'Positions whose turn is over, whether the buyers came or not.' }),
    exchanged: z.int().openapi({ description: 'Places exchanged for a pass, as reported by the processes so far.' }),
    orders: z.int().openapi({ description: 'Orders placed with a pass.' }),
    admissionRate: z.number().openapi({ description: 'Buyers let in per second now.' }),
    ratePerSecond: z.number().openapi({ description: 'Positions called per second now.' }),
    showRatio: z.number().openapi({ description: 'The share of called buyers who come.' }),
    draw: z.object({ number: z.int(), state: z.enum(drawStates), beaconRoundAt: timeSchema }).nullable(),
  })
  .openapi('WaitingRoom');
