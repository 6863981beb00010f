import { readSignedText, signText } from '../../platform/text/signed-text.ts';
import type { Phase } from '../rooms/phase.ts';

/** The right to place one order of one event, for one account, until it ends. `expiresAt` is in milliseconds. */
export type Pass = {
  readonly eventId: string;
  readonly placeIndex: number;
  readonly accountKey: string;
  readonly expiresAt: number;
};

/**
 * What a called place is exchanged for: `pass.<event>.<index>.<account key>.<expiry>.<mark>`. Nobody stores it before it
 * is spent. Pure.
 */
export function signPass(secret: string, { eventId, placeIndex, accountKey, expiresAt }: Pass): string {
  return signText(secret, label, `pass.${eventId}.${placeIndex}.${accountKey}.${Math.floor(expiresAt)}`);
}

/** The pass, whether it has ended or not; undefined for what is not one of ours. */
export function parsePass(secret: string, text: string): Pass | undefined {
  const [, eventId, index, accountKey, expiresAt] = pattern.exec(readSignedText(secret, label, text) ?? '') ?? [];
  if (eventId === undefined || index === undefined || accountKey === undefined) return undefined;
  return { eventId, placeIndex: Number(index), accountKey, expiresAt: Number(expiresAt) };
}

/** What orders ask about the header `Queue-Pass`. What else must be true of it is decided with the order. */
export type ReadPass = (
  eventId: string,
  header: string,
) => { readonly placeIndex: number; readonly accountKey: string; readonly expiresAt: Date } | 'invalid';

/**
 * Reads passes against Postgres' time as the process reckons it, which is what they were made with.
 * Invalid: forged, of another event, or over.
 */
export function createReadPass(deps: { queueTokenSecret: string; rooms: { now(): number } }): ReadPass {
  return (eventId, header) => {
    const pass = parsePass(deps.queueTokenSecret, header);
    if (pass === undefined || pass.eventId !== eventId || pass.expiresAt <= deps.rooms.now()) return 'invalid';
    return { placeIndex: pass.placeIndex, accountKey: pass.accountKey, expiresAt: new Date(pass.expiresAt) };
  };
}

/** Whether orders of this event need a pass, as far as the process remembers. Postgres decides with the order. */
export function isPassNeeded(rooms: { roomById(eventId: string): { phase: Phase } | undefined }, eventId: string) {
  const room = rooms.roomById(eventId);
  return room !== undefined && room.phase !== 'over';
}

const label = 'pass.v1';
const pattern = /^pass\.(evt_[0-9A-HJKMNP-TV-Z]{8})\.(0|[1-9]\d{0,9})\.([\w-]{22})\.(\d{13})$/;
