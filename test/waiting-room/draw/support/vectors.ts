import { readFileSync } from 'node:fs';
import { z } from 'zod';

const vectorsSchema = z.object({
  draws: z.array(
    z.object({
      eventId: z.string(),
      number: z.int(),
      places: z.int(),
      voidedPlaces: z.array(z.int()),
      seed: z.string(),
      seedHash: z.string(),
      beaconRandomness: z.string(),
      merkleRoot: z.string(),
      drawKey: z.string(),
      shown: z.array(
        z.object({
          index: z.int(),
          salt: z.string(),
          accountKey: z.string(),
          leaf: z.string(),
          siblings: z.array(z.string()),
          position: z.int(),
        }),
      ),
    }),
  ),
  beacon: z.array(z.object({ round: z.int(), signature: z.string(), randomness: z.string() })),
});
/** The published vectors (docs/features/draw.md), with which every implementation of the draw must agree. */
export const vectors = vectorsSchema.parse(JSON.parse(readFileSync('docs/features/draw-vectors.json', 'utf8')));
