import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderAccessToken } from '../../../src/access/buyers/order-token.ts';
import { readBuyerToken, signBuyerToken } from '../../../src/access/buyers/buyer-token.ts';
import { bearerOf } from '../../../src/access/credentials/credential.ts';
import { newEventId, newOrderId } from '../../../src/platform/ids.ts';
import { readPlaceToken, signPlaceToken } from '../../../src/waiting-room/places/place-token.ts';
import { accountKeyOf, queueTokenSecret as secret } from '../../../testkit/waiting-room/places.ts';

/**
 * Guards that nobody takes a place, or acts for a buyer, by a token that we did not issue for that (S12-S16, S67).
 */

const now = new Date('2026-11-20T10:00:00Z');
const until = new Date('2026-11-21T10:00:00Z');
const accountKey = accountKeyOf('ayu');
const place = { eventId: newEventId(), placeIndex: 41, accountKey };
const kinds = [
  {
    kind: 'buyer',
    token: signBuyerToken(secret, { accountKey, until }),
    read: (text: string, key = secret) => readBuyerToken(key, text, now),
    says: { accountKey },
  },
  {
    kind: 'place',
    token: signPlaceToken(secret, place),
    read: (text: string, key = secret) => readPlaceToken(key, text),
    says: place,
  },
];

describe.each(kinds)('a $kind token', ({ token, read, says }) => {
  it('says what it was made for, after any restart, and needs no escaping in a header', () => {
    expect(read(token)).toEqual(says);
    expect(bearerOf(`Bearer ${token}`)).toBe(token);
    expect(encodeURIComponent(token)).toBe(token);
  });

  it('is refused under another secret', () => {
    expect(read(token, `${secret}x`)).toBeUndefined();
  });

  it('is refused when any bit of it is flipped', () => {
    const bytes = Buffer.from(token, 'latin1');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const forged = Buffer.from(bytes);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(read(forged.toString('latin1'))).toBeUndefined();
    }
  });

  it('is refused when one letter differs, even where base64 decodes alike', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'.split('');
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...letters), (at, letter) => {
        fc.pre(token.charAt(at) !== letter);
        expect(read(token.slice(0, at) + letter + token.slice(at + 1))).toBeUndefined();
      }),
    );
    // The last letter of the mark has two spare bits: four letters mean the same bytes.
    for (const letter of letters.filter((one) => one !== token.slice(-1))) {
      expect(read(token.slice(0, -1) + letter)).toBeUndefined();
    }
  });

  it('is refused when cut, lengthened or wrapped', () => {
    for (let length = 0; length < token.length; length += 1) {
      expect(read(token.slice(0, length))).toBeUndefined();
      expect(read(token.slice(length + 1))).toBeUndefined();
    }
    for (const text of [`${token}.`, `${token}=`, ` ${token}`, `${token}\n`, `x.${token}`, token.toUpperCase()]) {
      expect(read(text)).toBeUndefined();
    }
    expect(read(`${token}${'a'.repeat(10_000)}`)).toBeUndefined();
  });

  it('is refused when it is made up', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 300 }), fc.base64String({ maxLength: 300 })), (text) => {
        expect(read(text)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused where a token of another kind is expected, with the same secret', () => {
    for (const other of kinds) if (other.token !== token) expect(other.read(token)).toBeUndefined();
    const orderToken = orderAccessToken(secret, newOrderId(place.eventId), 1);
    expect(read(orderToken)).toBeUndefined();
    // The mark of one kind under the payload of another.
    for (const other of kinds.filter((one) => one.token !== token)) {
      expect(read(`${token.slice(0, -44)}.${other.token.slice(-43)}`)).toBeUndefined();
    }
  });
});

describe('a buyer token', () => {
  it('ends at its time, to the second', () => {
    const token = signBuyerToken(secret, { accountKey, until });
    expect(readBuyerToken(secret, token, new Date(until.getTime() - 1))).toEqual({ accountKey });
    expect(readBuyerToken(secret, token, until)).toBeUndefined();
  });
});

describe('a place token', () => {
  it('differs for another event, index or account, and decodes exactly', () => {
    fc.assert(
      fc.property(fc.nat(2_000_000), fc.nat(2_000_000), (one, two) => {
        const token = signPlaceToken(secret, { ...place, placeIndex: one });
        expect(readPlaceToken(secret, token)?.placeIndex).toBe(one);
        expect(token === signPlaceToken(secret, { ...place, placeIndex: two })).toBe(one === two);
      }),
    );
    const elsewhere = { ...place, eventId: newEventId() };
    expect(readPlaceToken(secret, signPlaceToken(secret, elsewhere))).toEqual(elsewhere);
  });
});
