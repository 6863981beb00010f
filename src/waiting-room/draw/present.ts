import type { z } from 'zod';
import type { BeaconChain } from './beacon/beacon-chain.ts';
import type { DrawRules } from './order/draw-rules.ts';
import { leavesPerChunk } from './order/method.ts';
import type { Proof } from './tree/published-list.ts';
import type { DrawRow, RoomRow } from '../tables.ts';
import type { RootedList } from './queries.ts';
import type { drawSchema, drawsSchema, proofSchema } from './schemas.ts';

type PresentedDraw = z.input<typeof drawSchema>;

function presentDraw(draw: DrawRow): PresentedDraw {
  return {
    number: draw.number,
    state: draw.state,
    seedHash: hex(draw.seedHash),
    beaconChain: draw.beaconChain,
    beaconRound: draw.beaconRound,
    beaconRoundAt: draw.beaconRoundAt.toISOString(),
    leadSeconds: draw.leadSeconds,
    committedAt: draw.committedAt.toISOString(),
    frozenAt: timeOrNull(draw.frozenAt),
    places: draw.places,
    voidedPlaces: draw.voidedPlaces,
    merkleRoot: hexOrNull(draw.merkleRoot),
    rootedAt: timeOrNull(draw.rootedAt),
    seed: hexOrNull(draw.seed),
    revealedAt: timeOrNull(draw.revealedAt),
    beaconSignature: hexOrNull(draw.beaconSignature),
    beaconRandomness: hexOrNull(draw.beaconRandomness),
    drawKey: hexOrNull(draw.drawKey),
    drawnAt: timeOrNull(draw.drawnAt),
    voidReason: draw.voidReason,
  };
}

export function presentDraws(
  room: RoomRow,
  draws: readonly DrawRow[],
  { chain, rules }: { chain: BeaconChain; rules: DrawRules },
): z.input<typeof drawsSchema> {
  const { leadSeconds, revealWithinSeconds, beaconWithinSeconds } = rules;
  return {
    eventId: room.eventId,
    method: 'antre.draw.v1',
    leavesPerChunk,
    preQueueOpensAt: room.preQueueOpensAt.toISOString(),
    freezesAt: room.freezesAt.toISOString(),
    opensAt: room.opensAt.toISOString(),
    rules: { leadSeconds, revealWithinSeconds, beaconWithinSeconds },
    beacon: {
      chain: chain.hash,
      scheme: 'bls-unchained-g1-rfc9380',
      publicKey: chain.publicKey,
      genesis: chain.genesisSeconds,
      periodSeconds: chain.periodSeconds,
      urls: [...chain.urls],
    },
    draws: draws.map(presentDraw),
  };
}

export function presentProof(list: RootedList, index: number, { leaf, siblings }: Proof): z.input<typeof proofSchema> {
  return {
    eventId: list.eventId,
    index,
    places: list.places,
    leaf: hex(leaf),
    siblings: siblings.map(hex),
    merkleRoot: hex(list.merkleRoot),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

const hexOrNull = (bytes: Uint8Array | null) => (bytes === null ? null : hex(bytes));
const timeOrNull = (time: Date | null) => (time === null ? null : time.toISOString());
