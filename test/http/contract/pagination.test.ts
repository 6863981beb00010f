import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  type CursorKey,
  decodeCursor,
  encodeCursor,
  page,
  pageQuery,
  pageSizeDefault,
  pageSizeMax,
} from '../../../src/http/contract/pagination.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** Guards that lists are walked without gap or repetition, and that a cursor is ours or is refused. */

const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tampered: Record<string, string> = {
  nonsense: 'nonsense',
  'no base 64': '%%%%',
  'not JSON': Buffer.from('[').toString('base64url'),
  'a number': text([5]),
  'an object': text({ length: 1, 0: 'a' }),
  'too few keys': text([]),
  'too many keys': text(['a', 'b', 'c', 'd', 'e']),
  'a key that is a list': text([['a'], ['a'], ['a']]),
  'a very long key': text(['a'.repeat(201)]),
  'U+0000': text(['a\0']),
  null: text(null),
};

describe('a cursor', () => {
  test('returns its keys, and needs no escaping in a URL', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { minLength: 1, maxLength: 4 }), (keys) => {
        fc.pre(keys.every((key) => !key.includes('\0') && key.length <= 200));
        const cursor = encodeCursor(keys);
        expect(encodeURIComponent(cursor)).toBe(cursor);
        const kinds = keys.map(() => 'text' as const);
        expect(decodeCursor(cursor, kinds)).toEqual(keys);
        expect(() => decodeCursor(cursor, [...kinds, 'text'])).toThrow();
      }),
    );
  });

  test.each(Object.entries(tampered))('that is %s is refused', (_about, cursor) => {
    for (const keyCount of [1, 2, 3]) {
      const kinds = Array.from({ length: keyCount }, () => 'text' as const);
      expect(() => decodeCursor(cursor, kinds)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
    }
  });

  const keys: readonly (readonly [CursorKey, readonly string[], readonly string[]])[] = [
    [
      'id',
      ['evt_7K3M9XQ2', `ord_${'7'.repeat(28)}`, 'key_06FJ2V1H8C9QX4T0RBVE'],
      ['', 'a', 'evt_', 'EVT_7K3M9XQ2', 'evt_7K3M9XQI'],
    ],
    [
      'time',
      ['1970-01-01T00:00:00+00:00', '2026-02-28T23:59:59.123456+00:00', '2028-02-29T00:00:00Z'],
      [
        '',
        '2026-02-30T00:00:00Z',
        '2027-02-29T00:00:00Z',
        '2026-13-01T00:00:00Z',
        '2026-01-01T24:00:00Z',
        '2026-01-01T00:00:61Z',
        '2026-01-01',
        '0000-01-01T00:00:00Z',
        '9999-01-01T00:00:00Z',
        'infinity',
        'now',
      ],
    ],
    ['time or nothing', ['', '2026-02-28T00:00:00Z'], ['2026-02-30T00:00:00Z', ' ']],
    ['number', ['0', '-1', '1790000000000000'], ['', '1.5', '1e5', '0x1', '9'.repeat(18), 'NaN', '--1']],
    ['text', ['', 'a b', '💺'], ['a\0', '\ud800']],
  ];
  test.each(keys)('accepts for a key of kind %s only values of that kind', (kind, good, bad) => {
    for (const key of good) expect(decodeCursor(encodeCursor([key]), [kind])).toEqual([key]);
    for (const key of bad) {
      expect(() => decodeCursor(encodeCursor([key]), [kind]), key).toThrow(
        expect.objectContaining({ code: 'request.invalid' }),
      );
    }
  });
});

test('pages have no gap and no repetition, and the last page has no cursor', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 10 }), (count, limit) => {
      const rows = Array.from({ length: count }, (_, index) => String(index).padStart(3, '0'));
      const seen: string[] = [];
      let after = '';
      for (let pages = 0; pages <= count; pages += 1) {
        const found = rows.filter((row) => row > after).slice(0, limit + 1);
        const { data, nextCursor } = page(
          found,
          limit,
          (row) => row,
          (row) => [row],
        );
        expect(data.length).toBeLessThanOrEqual(limit);
        seen.push(...data);
        if (nextCursor === null) break;
        [after = ''] = decodeCursor(nextCursor, ['text']);
      }
      expect(seen).toEqual(rows);
    }),
  );
});

test('the size of a page is bounded', () => {
  const query = z.object(pageQuery);
  expect(query.parse({}).limit).toBe(pageSizeDefault);
  expect(query.parse({ limit: String(pageSizeMax) }).limit).toBe(pageSizeMax);
  for (const limit of ['0', '-1', '1.5', String(pageSizeMax + 1), 'all', '1e9', '']) {
    expect(query.safeParse({ limit }).success).toBe(false);
  }
  expect(query.safeParse({ cursor: 'a'.repeat(501) }).success).toBe(false);
});

describe('the public list of events', () => {
  let world: TestService;
  beforeAll(async () => {
    world = await startTestService();
    for (let number = 0; number < 5; number += 1) await createEvent(world.service.db, { event: { city: 'Solo' } });
  });
  afterAll(() => world.close());

  const list = async (
    query: string,
  ): Promise<{ status: number; body: { data: { slug: string }[]; nextCursor: string | null; code?: string } }> => {
    const response = await world.fetch(`/v1/events?city=Solo&${query}`);
    return { status: response.status, body: JSON.parse(await response.text()) };
  };

  test('is read page by page', async () => {
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 5; pages += 1) {
      const { body } = await list(`limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...body.data.map(({ slug }) => slug));
      if (body.nextCursor === null) break;
      cursor = body.nextCursor;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });

  const forged = {
    ...tampered,
    'a time that is none': text(['x', 'evt_00000000']),
    'a time beyond all time': text(['9'.repeat(18), 'evt_00000000']),
    'a statement': text(["0'; drop table events; --", 'evt_00000000']),
  };
  test.each(Object.entries(forged))('refuses a cursor that is %s', async (_about, cursor) => {
    const { status, body } = await list(`cursor=${encodeURIComponent(cursor)}`);
    expect([status, body.code]).toEqual([400, 'request.invalid']);
  });

  test('is not harmed by any well-formed cursor', async () => {
    for (const [key, id, status] of [
      ['0', 'evt_00000000', 200],
      ['9'.repeat(17), 'evt_ZZZZZZZZ', 200],
      ['-'.concat('9'.repeat(17)), 'evt_ZZZZZZZZ', 200],
      ['0', '', 400],
      ['-1', "' or 1=1 --", 400],
      ['0', '🎫', 400],
    ] as const) {
      expect((await list(`cursor=${encodeCursor([key, id])}`)).status).toBe(status);
    }
  });
});
