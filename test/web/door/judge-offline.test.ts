import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import {
  type ListEntry,
  type ListRules,
  judgeTicket,
  passed,
  zonesAfter,
} from '../../../src/web/client/door/offline/judge-offline.ts';
import { verifyByLibrary } from '../../../src/web/client/door/offline/verify-by-library.ts';
import { verifySignature } from '../../../src/web/client/door/offline/verify-signature.ts';

/**
 * Guards that a phone without a network follows the rules of its gate, as `check_in_tickets` does with one, and judges signatures alike
 * with and without Ed25519 in its browser.
 */

const at = (time: string) => `2026-11-29T${time}:00Z`;
const gate: ListRules['gates'][number] = {
  id: 'gat_north',
  name: 'North',
  ticketCategoryIds: null,
  opensAt: at('17:00'),
  closesAt: at('20:00'),
  reEntry: 'after_exit',
  zoneId: 'zon_floor',
};

function rulesOf(given: Partial<typeof gate> = {}, inside = 0): ListRules {
  return {
    event: {
      id: 'evt_00000000',
      name: 'Show',
      timeZone: 'Asia/Jakarta',
      doorsOpenAt: at('16:00'),
      endsAt: at('23:00'),
    },
    categories: [
      { id: 'cat_floor', name: 'Floor', entryOpensAt: null, entryClosesAt: null, doorNote: null },
      { id: 'cat_seat', name: 'Seat', entryOpensAt: null, entryClosesAt: null, doorNote: null },
    ],
    gates: [{ ...gate, ...given }],
    zones: [{ id: 'zon_floor', name: 'Floor', capacity: 2, inside }],
    signing: { eventNo: 1, keys: [] },
  };
}

const fresh: ListEntry = {
  codeSha256: '00',
  ticketCategoryId: 'cat_floor',
  status: 'live',
  admission: null,
  guest: null,
};
const used = (inside: boolean): ListEntry => ({ ...fresh, admission: { at: at('18:00'), gate: 'North', inside } });

const judged = (rules: ListRules, entry: ListEntry, time = '18:30') =>
  judgeTicket(rules, { entry, gate: 'North', direction: 'entry', nowMs: Date.parse(at(time)) });

test.each([
  ['a gate lets in from the minute it opens', rulesOf(), fresh, '17:00', 'admitted'],
  ['a gate is closed before', rulesOf(), fresh, '16:59', 'gate_closed'],
  ['a gate is closed from the minute it closes', rulesOf(), fresh, '20:00', 'gate_closed'],
  ['a gate without times follows the event', rulesOf({ opensAt: null, closesAt: null }), fresh, '15:59', 'too_early'],
  ['another category is at the wrong gate', rulesOf({ ticketCategoryIds: ['cat_seat'] }), fresh, '18:30', 'wrong_gate'],
  ['a guest who is inside does not enter again', rulesOf(), used(true), '18:30', 'already_used'],
  ['a guest who left enters again', rulesOf(), used(false), '18:30', 'admitted'],
  [
    'a gate without re-entry refuses a guest who left',
    rulesOf({ reEntry: 'none' }),
    used(false),
    '18:30',
    'no_reentry',
  ],
  ['a gate without re-entry lets in for the first time', rulesOf({ reEntry: 'none' }), fresh, '18:30', 'admitted'],
  ['a gate that asks for no exit lets in again', rulesOf({ reEntry: 'always' }), used(true), '18:30', 'admitted'],
  ['a full zone takes nobody', rulesOf({}, 2), fresh, '18:30', 'zone_full'],
  ['a zone takes people up to its capacity', rulesOf({}, 1), fresh, '18:30', 'admitted'],
  ['a guest who is inside passes a full zone', rulesOf({ reEntry: 'always' }, 2), used(true), '18:30', 'admitted'],
] as const)('%s', (_title, rules, entry, time, result) => {
  expect(judged(rules, entry, time)).toBe(result);
});

test('a phone counts the people that it lets in and out, each of them once', () => {
  const count = (rules: ListRules, direction: 'entry' | 'exit', before: ListEntry) =>
    zonesAfter(rules, { direction, gate: 'North', before: before.admission })[0]?.inside;
  expect(count(rulesOf({}, 1), 'entry', fresh)).toBe(2);
  expect(count(rulesOf({}, 1), 'entry', used(true))).toBe(1);
  expect(count(rulesOf({}, 1), 'exit', used(true))).toBe(0);
  expect(count(rulesOf({}, 1), 'exit', used(false))).toBe(1);
  expect(count(rulesOf({ zoneId: null }, 1), 'entry', fresh)).toBe(1);
  const admitted = passed(fresh, { direction: 'entry', at: at('18:00'), gate: 'North' });
  expect(admitted.admission).toEqual({ at: at('18:00'), gate: 'North', inside: true });
  const left = passed(admitted, { direction: 'exit', at: at('19:00'), gate: 'South' });
  expect(left.admission).toEqual({ at: at('18:00'), gate: 'North', inside: false });
});

describe('a signature', () => {
  const { Point } = ed25519;
  const seed = Uint8Array.from({ length: 32 }, (_, index) => index);
  const { scalar, pointBytes: key } = ed25519.utils.getExtendedPublicKey(seed);
  const message = new TextEncoder().encode('ticket.v2');
  const genuine = ed25519.sign(message, seed);
  const smallPoint = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a';

  const numberOf = (bytes: Uint8Array) => BigInt(`0x${bytesToHex(Uint8Array.from(bytes).reverse())}`);
  const scalarBytes = (value: bigint) => hexToBytes(value.toString(16).padStart(64, '0')).reverse();
  const withScalar = (value: bigint) => concatBytes(genuine.subarray(0, 32), scalarBytes(value));
  /** By the holder of the key, for a point with a part of small order. The equation of some verifiers holds for it. */
  const withSmallPart = () => {
    const nonce = 2026n;
    const point = Point.BASE.multiply(nonce).add(Point.fromHex(smallPoint)).toBytes();
    const challenge = numberOf(sha512(concatBytes(point, key, message)));
    return concatBytes(point, scalarBytes(Point.Fn.create(nonce + challenge * scalar)));
  };
  const bothWays = (signature: Uint8Array, signed = message) =>
    Promise.all(
      [verifySignature, verifyByLibrary].map((verify) =>
        verify({ keyId: 1, eventNo: 1, message: signed, signature }, bytesToHex(key)),
      ),
    );

  test('is right in both ways if it is genuine', async () => {
    expect(await bothWays(genuine)).toEqual([true, true]);
  });

  test('is wrong in both ways if any of its bytes is another', async () => {
    for (let at = 0; at < genuine.length; at += 1) {
      const changed = Uint8Array.from(genuine, (byte, index) => (index === at ? byte ^ (1 << (at % 8)) : byte));
      expect([at, ...(await bothWays(changed))]).toEqual([at, false, false]);
    }
  });

  test.each<[string, () => Uint8Array]>([
    ['its scalar is not reduced', () => withScalar(numberOf(genuine.subarray(32)) + Point.Fn.ORDER)],
    ['its scalar is the negative', () => withScalar(Point.Fn.ORDER - numberOf(genuine.subarray(32)))],
    ['its point is of small order', () => concatBytes(hexToBytes(smallPoint), new Uint8Array(32))],
    ['its point is zero, and so is its scalar', () => concatBytes(scalarBytes(1n), new Uint8Array(32))],
    ['its point is zero, written another way', () => concatBytes(scalarBytes(2n ** 255n - 18n), new Uint8Array(32))],
    ['its point has a part of small order', withSmallPart],
    ['it is too short', () => genuine.subarray(0, 63)],
    ['it is too long', () => concatBytes(genuine, new Uint8Array(1))],
  ])('is wrong in both ways if %s', async (_, make) => {
    expect(await bothWays(make())).toEqual([false, false]);
  });

  test('control: the equation of the library holds for a point with a part of small order', () => {
    expect(ed25519.verify(withSmallPart(), message, key, { zip215: false })).toBe(true);
  });
});
