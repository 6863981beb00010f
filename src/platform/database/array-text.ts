import { makePgArray, parsePgArray } from 'drizzle-orm/pg-core';

/**
 * Values as one parameter: the text of a Postgres array, which the statement casts (`${arrayText(ids)}::text[]`). Every
 * value is quoted, so no character in it has a special meaning.
 */
export function arrayText(values: readonly (string | number | null)[]): string {
  let text = '{';
  for (const [index, value] of values.entries()) {
    if (index > 0) text += ',';
    if (typeof value === 'string') text += `"${special.test(value) ? value.replace(specials, '\\$&') : value}"`;
    else text += value === null ? 'NULL' : String(value);
  }
  return `${text}}`;
}

const special = /["\\]/;
const specials = /["\\]/g;

const textArrayType = 1009;
/** How the driver reads and writes `text[]`. */
export const textArray = {
  to: textArrayType,
  from: [textArrayType],
  parse: parsePgArray,
  serialize: (value: unknown) => (Array.isArray(value) ? makePgArray(value) : value),
};
