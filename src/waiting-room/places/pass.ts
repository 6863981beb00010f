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
 * The pass for a called place: `pass.<event>.<index>.<account key>.<expiry>.<signature>`. It is not stored before it is
 * spent. Pure.
 */
export function signPass(secret: string, { eventId, placeIndex, accountKey, expiresAt }: Pass): string {
  return signText(secret, label, `pass.${eventId}.${placeIndex}.${accountKey}.${Math.floor(expiresAt)}`);
}

/** The pass, expired or not; undefined for a text that we did not make. */
export function parsePass(secret: string, text: string): Pass | undefined {
  const [, eventId, index, accountKey, expiresAt] = pattern.exec(readSignedText(secret, label, text) ?? '') ?? [];
  if (eventId === undefined || index === undefined || accountKey === undefined) return undefined;
  return { eventId, placeIndex: Number(index), accountKey, expiresAt: Number(expiresAt) };
}

/** How orders read the header `Queue-Pass`. Other conditions are checked with the order. */
export type ReadPass = (
  eventId: string,
  header: string,
) => { readonly placeIndex: number; readonly accountKey: string; readonly expiresAt: Date } | 'invalid';

/**
 * Reads passes by Postgres' time as the process estimates it, by which they were made. Invalid: forged, of another
 * event, or expired.
 */
export function createReadPass(deps: { queueTokenSecret: string; rooms: { now(): number } }): ReadPass {
  return (eventId, header) => {
    const pass = parsePass(deps.queueTokenSecret, header);
    if (pass === undefined || pass.eventId !== eventId || pass.expiresAt <= deps.rooms.now()) return 'invalid';
    return { placeIndex: pass.placeIndex, accountKey: pass.accountKey, expiresAt: new Date(pass.expiresAt) };
  };
}

/** Whether orders of this event need a pass, as far as the process knows. Postgres decides with the order. */
export function isPassNeeded(rooms: { roomById(eventId: string): { phase: Phase } | undefined }, eventId: string) {
  const room = rooms.roomById(eventId);
  return room !== undefined && room.phase !== 'over';
}

const label = 'pass.v1';
const pattern = /^pass\.(evt_[0-9A-HJKMNP-TV-Z]{8})\.(0|[1-9]\d{0,9})\.([\w-]{22})\.(\d{13})$/;
