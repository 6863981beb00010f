import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventIdOf, idPatterns, newEventId, newId, newOrderId, orderCode, orderIdOf } from '../../src/platform/ids.ts';
import { decodeBase32, encodeBase32 } from '../../src/platform/text/base32.ts';

/** Guards that ids sort by time, say what they belong to, and are read back in one spelling alone. */

const times = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

describe('ids', () => {
  test('sort by their times', () => {
    fc.assert(
      fc.property(times, times, (one, other) => {
        if (one.getTime() === other.getTime()) return;
        expect(newId('org', one) < newId('org', other)).toBe(one < other);
        const event = newEventId();
        expect(newOrderId(event, one) < newOrderId(event, other)).toBe(one < other);
      }),
    );
  });

  test('name their kind, and ids below an event name the event', () => {
    const event = newEventId();
    const order = newOrderId(event);
    expect(event).toMatch(idPatterns.event);
    expect(order).toMatch(idPatterns.order);
    expect(newId('stf')).toMatch(idPatterns.plain);
    expect(eventIdOf(order)).toBe(event);
    const ticket = `tkt_${order.slice(4)}017`;
    const attempt = `pay_${order.slice(4)}02`;
    expect(ticket).toMatch(idPatterns.ticket);
    expect(attempt).toMatch(idPatterns.attempt);
    expect([orderIdOf(ticket), orderIdOf(attempt), eventIdOf(ticket)]).toEqual([order, order, event]);
    expect(order.endsWith(orderCode(order).replace('-', ''))).toBe(true);
    expect(orderCode(order)).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
  });

  test('do not repeat', () => {
    const now = new Date();
    const event = newEventId();
    const many = Array.from({ length: 20_000 }, () => newOrderId(event, now));
    expect(new Set(many).size).toBe(many.length);
  });

  test('use all letters of their alphabet equally often', () => {
    const seen = new Map<string, number>();
    for (const letter of Array.from({ length: 4000 }, () => newEventId().slice(4)).join(''))
      seen.set(letter, (seen.get(letter) ?? 0) + 1);
    expect(seen.size).toBe(32);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(250);
  });
});

const letters = Array.from('0123456789ABCDEFGHJKMNPQRSTVWXYZILOUabz- \u00e9');

describe('base 32', () => {
  test('decodes to the value that it encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(decodeBase32(encodeBase32(bytes))).toEqual(bytes);
      }),
    );
  });

  test('encodes 16 bytes as 26 letters of a QR code’s alphanumeric mode', () => {
    expect(encodeBase32(new Uint8Array(16).fill(255))).toBe('ZZZZZZZZZZZZZZZZZZZZZZZZZW');
    expect(encodeBase32(new Uint8Array(16))).toMatch(/^0{26}$/);
  });

  test('reads one spelling of each value and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...letters), maxLength: 30 }), (text) => {
        const bytes = decodeBase32(text);
        if (bytes !== undefined) expect(encodeBase32(bytes)).toBe(text);
      }),
    );
    for (const text of ['ZZZZZZZZZZZZZZZZZZZZZZZZZX', 'I', 'O1', 'u0', '00\u0000', '\ud83c\udf9f0', 'z0', ' 00', '0']) {
      expect(decodeBase32(text)).toBeUndefined();
    }
    expect(decodeBase32('')).toEqual(new Uint8Array(0));
  });
});
