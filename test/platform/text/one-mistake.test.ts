import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isForgiven, nearWordPattern, nearness } from '../../../src/platform/text/one-mistake.ts';

/** Guards that the door forgives exactly one typing mistake, and the same ones on a phone as in the database. */

test.each([
  ['lestari', 'lestari', 'whole'],
  ['lestari', 'lest', 'beginning'],
  // Wrong, missing, too many, swapped; at the beginning, within and at the end.
  ['lestari', 'bestari', 'whole'],
  ['lestari', 'lesmari', 'whole'],
  ['lestari', 'lestara', 'whole'],
  ['lestari', 'estari', 'whole'],
  ['lestari', 'lestri', 'whole'],
  ['lestari', 'llestari', 'whole'],
  ['lestari', 'lesttari', 'whole'],
  ['lestari', 'lestarii', 'whole'],
  ['lestari', 'elstari', 'whole'],
  ['lestari', 'letsari', 'whole'],
  ['lestari', 'lestair', 'whole'],
  ['lestari', 'lsetr', undefined],
  ['lestari', 'letsa', 'beginning'],
  ['lestari', 'lstar', 'beginning'],
  ['lestari', 'lestariku', undefined],
  ['lestari', 'wulan', undefined],
  ['les', 'lest', 'whole'],
  ['', 'a', 'whole'],
] as const)('a text %s, typed as %s, is near: %s', (text, typed, expected) => {
  expect(nearness(text, typed)).toBe(expected);
});

const letters = ['a', 'b', 'c'];
/** All texts that one mistake makes of this one, and itself. */
function mistyped(text: string): Set<string> {
  const made = new Set([text]);
  for (let at = 0; at <= text.length; at += 1) {
    for (const letter of letters) {
      made.add(text.slice(0, at) + letter + text.slice(at));
      if (at < text.length) made.add(text.slice(0, at) + letter + text.slice(at + 1));
    }
    made.add(text.slice(0, at) + text.slice(at + 1));
    if (at + 1 < text.length) made.add(text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2));
  }
  return made;
}
const word = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(...letters), { minLength, maxLength }).map((parts) => parts.join(''));

test('it is near if one mistake explains it, and only then; the pattern of Postgres means the same', () => {
  fc.assert(
    fc.property(word(0, 7), word(4, 6), (text, typed) => {
      const beginnings = Array.from({ length: text.length + 1 }, (_, length) => text.slice(0, length));
      const isNear = beginnings.some((beginning) => mistyped(beginning).has(typed));
      const near = nearness(text, typed);
      expect(near !== undefined).toBe(isNear);
      // Only the beginning of a text may be meant, although all of it is near, too.
      if (!text.startsWith(typed)) expect(near === 'whole').toBe(mistyped(text).has(typed));
      const pattern = nearWordPattern(typed);
      expect(new RegExp(pattern).test(` x ${text} y`)).toBe(isNear);
      if (!text.startsWith(typed)) expect(new RegExp(`${pattern}(?: |$)`).test(` x ${text}`)).toBe(near === 'whole');
    }),
    { numRuns: 20_000 },
  );
});

test('short words are near to too many people, and long ones are no names', () => {
  expect(['ani', 'budi', 'x'.repeat(24), 'x'.repeat(25)].map(isForgiven)).toEqual([false, true, true, false]);
});
