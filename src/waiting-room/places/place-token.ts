import { readSignedText, signText } from '../../platform/text/signed-text.ts';

/** A place in the line of one event, and its owner. */
export type Place = { readonly eventId: string; readonly placeIndex: number; readonly accountKey: string };

/**
 * A buyer's token while waiting: `place.<event>.<index>.<account key>.<signature>`. It never expires and is not stored:
 * the place is a row, and after any restart the token proves who owns it. Pure.
 */
export function signPlaceToken(secret: string, { eventId, placeIndex, accountKey }: Place): string {
  return signText(secret, label, `place.${eventId}.${placeIndex}.${accountKey}`);
}

/** The place; undefined for a text that we did not make. */
export function readPlaceToken(secret: string, token: string): Place | undefined {
  const [, eventId, index, accountKey] = pattern.exec(readSignedText(secret, label, token) ?? '') ?? [];
  if (eventId === undefined || index === undefined || accountKey === undefined) return undefined;
  return { eventId, placeIndex: Number(index), accountKey };
}

const label = 'place.v1';
const pattern = /^place\.(evt_[0-9A-HJKMNP-TV-Z]{8})\.(0|[1-9]\d{0,9})\.([\w-]{22})$/;
