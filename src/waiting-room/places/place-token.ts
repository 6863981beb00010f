import { readSignedText, signText } from '../../platform/text/signed-text.ts';

/** A place in the line of one event, and whose it is. */
export type Place = { readonly eventId: string; readonly placeIndex: number; readonly accountKey: string };

/**
 * What a buyer holds while waiting: `place.<event>.<index>.<account key>.<mark>`. It has no end of its own and nobody stores
 * it: the place is a row, and the token proves whose it is after any restart. Pure.
 */
export function signPlaceToken(secret: string, { eventId, placeIndex, accountKey }: Place): string {
  return signText(secret, label, `place.${eventId}.${placeIndex}.${accountKey}`);
}

/** The place; undefined for what is not one of our place tokens. */
export function readPlaceToken(secret: string, token: string): Place | undefined {
  const [, eventId, index, accountKey] = pattern.exec(readSignedText(secret, label, token) ?? '') ?? [];
  if (eventId === undefined || index === undefined || accountKey === undefined) return undefined;
  return { eventId, placeIndex: Number(index), accountKey };
}

const label = 'place.v1';
const pattern = /^place\.(evt_[0-9A-HJKMNP-TV-Z]{8})\.(0|[1-9]\d{0,9})\.([\w-]{22})$/;
