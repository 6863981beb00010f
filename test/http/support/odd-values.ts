import fc from 'fast-check';
import { type Schema, placesOf } from './sample-of-schema.ts';

export type Parameter = { readonly name: string; readonly in: string; readonly schema?: Schema };
export type Operation = {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: unknown;
};
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const oddDate = '2026-02-30T00:00:00Z';
const oddTexts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\u202eabc',
  'e\u0301'.repeat(200),
  '💺'.repeat(300),
  'a'.repeat(10_000),
  oddDate,
  '2026-02-30',
  '2026-02-30T00:00:00+07:00',
  '2027-13-40T25:61:61Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '+275760-09-13T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  'infinity',
  'now',
  'NaN',
  '-1',
  '1.5',
  '1e999',
  '2147483648',
  '9223372036854775808',
  '0x10',
  '٣',
  '../../etc/passwd',
  "' or 1=1 --",
  '{}',
  '[]',
  'null',
  'constructor',
  '__proto__',
];
const oddKeys = [oddDate, '9'.repeat(30), 'a\0b', '\ud800', '9999-12-31T23:59:59Z', '-99999999999999999', ''];
const oddCursors = [
  ...oddKeys.flatMap((key) => [1, 2, 3, 4].map((count) => base64(Array.from({ length: count }, () => key)))),
  // One key is odd, the others are valid.
  base64(['0', oddDate]),
  base64([oddDate, 'tkt_', '']),
  base64(['1970-01-01T00:00:00+00:00', '', oddDate]),
  base64(['1970-01-01T00:00:00+00:00', 'a\0', 'b', 'c']),
  base64([null]),
  base64({ length: 1, 0: 'a' }),
];
/** Put into an address as they are. */
const oddEscapes = [
  '%00',
  '%',
  '%zz',
  '%ff',
  '%ed%a0%80',
  '%c0%80',
  '%E0%A4%A',
  'a%2fb',
  '%0d%0a',
  '%25',
  '%2e%2e',
  '%F4%90%80%80',
];
const oddNumbers = [0, -0, -1, 1.5, 2_147_483_648, -2_147_483_649, 2 ** 53, 2 ** 63, 1e20, 1e308, 5e-324];

const oddText = fc.oneof(fc.constantFrom(...oddTexts, ...oddCursors), fc.string({ unit: 'binary', maxLength: 40 }));
const oddInAddress = fc.oneof(
  { weight: 3, arbitrary: oddText.map((text) => encodeURIComponent(text.toWellFormed())) },
  { weight: 1, arbitrary: fc.constantFrom(...oddEscapes) },
);
const oddInHeader = oddText.map((text) => text.replaceAll(/[^\t\u0020-\u007e\u00a0-\u00ff]/g, '\u00fc').trim());
const oddInBody = fc.oneof(
  fc.constantFrom<unknown>(...oddTexts, '\ud800', 'a\udfff'),
  fc.constantFrom<unknown>(...oddNumbers),
  fc.constantFrom<unknown>(null, true, [], {}, [[]], [null], [''], { '': '' }),
  fc.jsonValue({ maxDepth: 2 }),
);
const headerNames = [
  'authorization',
  'idempotency-key',
  'queue-pass',
  'event-slug',
  'cookie',
  'if-none-match',
  'if-match',
  'accept-language',
  'accept-encoding',
  'content-type',
  'origin',
  'x-hub-signature-256',
  'x-forwarded-for',
  'forwarded',
];

/** One odd part of a request; everything else is valid. */
export type Odd =
  | { readonly in: 'path' | 'query'; readonly name: string; readonly text: string }
  | { readonly in: 'header'; readonly name: string; readonly text: string }
  | { readonly in: 'body'; readonly place: readonly (string | number)[]; readonly value: unknown };

const pathNames = ({ path }: Operation) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
const queryNames = ({ parameters }: Operation) =>
  parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);

/** Values that have caused faults somewhere before, tried in every place. */
const coreTexts = ['\0', 'a\0b', oddDate, '-1', '2147483648', '9223372036854775808', '1e999', 'a'.repeat(10_000)];
export const coreOf = (operation: Operation): Odd[] => [
  ...pathNames(operation).flatMap((name) => inAddress('path', name, coreTexts)),
  ...queryNames(operation).flatMap((name) => inAddress('query', name, name === 'cursor' ? oddCursors : coreTexts)),
  ...placesOf(operation.body).flatMap((place) =>
    [...coreTexts, '\ud800', 2_147_483_648, 2 ** 63, -1, null].map((value): Odd => ({ in: 'body', place, value })),
  ),
];
const inAddress = (where: 'path' | 'query', name: string, texts: readonly string[]): Odd[] =>
  [...texts.map(encodeURIComponent), ...oddEscapes].map((text) => ({ in: where, name, text }));

export function oddOf(operation: Operation): fc.Arbitrary<Odd> {
  const { body } = operation;
  const queries = queryNames(operation);
  const choices: fc.Arbitrary<Odd>[] = [
    fc.record({ in: fc.constant('header' as const), name: fc.constantFrom(...headerNames), text: oddInHeader }),
    fc.record({
      in: fc.constant('query' as const),
      name: fc.constantFrom('unknown', 'lang', ...queries, ...queries, ...queries, ...queries),
      text: oddInAddress,
    }),
  ];
  for (const name of pathNames(operation)) {
    choices.push(fc.record({ in: fc.constant('path' as const), name: fc.constant(name), text: oddInAddress }));
  }
  if (body !== undefined) {
    const inBody: fc.Arbitrary<Odd> = fc.record({
      in: fc.constant('body' as const),
      place: fc.constantFrom(...placesOf(body)),
      value: oddInBody,
    });
    choices.push(inBody, inBody, inBody);
  }
  return fc.oneof(...choices);
}
