import { eventNotFound } from '../../access/errors.ts';
import { type Read, readKind } from '../../http/public-cache/kind.ts';
import type { Db } from '../../platform/database/db.ts';
import type { BeaconChain } from './beacon/beacon-chain.ts';
import { type DrawRules, rulesOf } from './order/draw-rules.ts';
import { presentDraws } from './present.ts';
import { findRoomBySlug, listDraws } from './queries.ts';

/** Expires within a second, as availability does. A change is visible a second after it happened. */
const drawsKind = readKind({
  name: 'draws',
  ttlMs: 1000,
  staleWhileRevalidateSeconds: 1,
  staleIfErrorSeconds: 300,
  buildsMax: 2,
});

export type DrawsReadDeps = {
  readonly db: Db;
  readonly beaconChain: BeaconChain;
  readonly drawRules?: Partial<DrawRules> | undefined;
};

/** The public document of a room's draws, as a cached read. */
export function drawsRead({ db, beaconChain, drawRules }: DrawsReadDeps, slug: string): Read {
  return {
    key: `/v1/events/${slug}/queue/draws`,
    kind: drawsKind,
    missingTags: [`slug:${slug}`],
    missing: eventNotFound,
    locate: async () => {
      const room = await findRoomBySlug(db, slug);
      return room && { tag: `evt:${room.eventId}`, name: drawsKind.name, surrogateKeys: room.eventId };
    },
    render: async () => {
      const room = await findRoomBySlug(db, slug);
      if (room === undefined) return undefined;
      const draws = await listDraws(db, room.eventId);
      return { body: presentDraws(room, draws, { chain: beaconChain, rules: rulesOf(drawRules) }) };
    },
  };
}
