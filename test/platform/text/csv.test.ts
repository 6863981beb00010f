import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLine } from '../../../src/platform/text/csv.ts';

/** Guards exports: a spreadsheet runs nothing of them, and shows every text unchanged. */

/** One field as a spreadsheet gets it. */
const field = (value: string | number) =>
  csvLine([value])
    .replace(/\r\n$/, '')
    .replace(/^"([^]*)"$/, (_, inner: string) => inner.replaceAll('""', '"'));

describe('a value that a spreadsheet would change is marked as text', () => {
  test.each([
    '081234567890',
    '+6281234567890',
    '0812 3456 7890',
    '0812-3456-7890',
    '(0812) 3456 7890',
    '007',
    '12345678901234567',
    '1E5',
    '12e10',
    '1234E-56789',
    '1.234,50',
    '.5',
    '50%',
    '$5',
    '€ 5',
    '3-4',
    '3/4',
    '1 1/2',
    '2026-11-28',
    '28.11.2026',
    '12:30',
    '1:30 pm',
    'JAN-25',
    'MEI25',
    '5 Agustus 2026',
    'May 5, 2026',
    'TRUE',
    'false',
    '=1+1',
    '-5',
    '@SUM(A1)',
    '\t=1',
    '＝1',
  ])('%j', (text) => {
    expect(field(text)).toBe(`'${text}`);
  });
});

test.each([
  'Ayu Lestari',
  'Ayu 2',
  'ayu1@pembeli.test',
  'ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE',
  '9QX4T-0RBVE',
  '2026-11-28T10:00:00.000Z',
  'HEMAT10',
  'Juni',
  '1 x VIP, 2 x Festival',
  'IDR',
  '',
])('%j stays as it is', (text) => {
  expect(field(text)).toBe(text);
});

test('numbers stay numbers', () => {
  expect(csvLine([150_000, 0, 'a"b', 'c;d'])).toBe('150000,0,"a""b","c;d"\r\n');
});

test('no spelling of a text reads as a number', () => {
  const marks = fc.constantFrom(...Array.from('0123456789+-.,/: eE%()$'));
  fc.assert(
    fc.property(fc.array(marks, { minLength: 1, maxLength: 12 }), (characters) => {
      const shown = field(characters.join(''));
      const read = shown.replaceAll(/[\s,$%()]/g, '');
      expect(read !== '' && Number.isFinite(Number(read)), shown).toBe(false);
    }),
    { numRuns: 5000 },
  );
});
