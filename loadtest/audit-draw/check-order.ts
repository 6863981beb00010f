import type { FinishedDraw } from './check-draw.ts';
import type { OwnPlace } from './options.ts';
import { positionAt } from './order.ts';
import { type PublishedProof } from './published.ts';
import { fromHex } from './hashing.ts';
import { leafHash, provesInclusion } from './tree.ts';
import type { Verdicts } from './verdicts.ts';

const parts = 10;
/** One in a million fair orders exceeds this: 81 degrees of freedom (9 by 9), 4.75 deviations. */
const chiSquareMax = 148;
const deviationsMax = 5;

/** Checks that every place has exactly one position, and that early and late places have equal chances. */
export function checkOrder(positions: Uint32Array, verdicts: Verdicts): void {
  const places = positions.length;
  const seen = new Uint8Array(places);
  for (const position of positions) seen[position] = (seen[position] ?? 0) + 1;
  verdicts.check(
    'order',
    seen.every((count) => count === 1),
    `each of ${places} places has one position, each position one place`,
  );
  if (places < parts * parts) return;
  const cells = countTenths(positions);
  const expected = places / parts / parts;
  const chiSquare = cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  verdicts.check(
    'early and late alike',
    chiSquare <= chiSquareMax,
    `tenths against tenths: chi-square ${chiSquare.toFixed(1)}, at most ${chiSquareMax}`,
  );
  const correlation = correlationOf(positions);
  verdicts.check(
    'no trace of arrival',
    Math.abs(correlation) <= deviationsMax / Math.sqrt(places),
    `correlation of index and position ${correlation.toFixed(5)}, at most ${(deviationsMax / Math.sqrt(places)).toFixed(5)}`,
  );
}

/** Rows: tenths of the list in order of joining. Columns: tenths of the drawn order. */
export function distributionTable(positions: Uint32Array): string {
  const cells = countTenths(positions);
  const width = Math.max(7, String(Math.max(...cells)).length + 2);
  const line = (label: string, values: readonly (string | number)[]) =>
    `  ${label.padEnd(16)}${values.map((value) => String(value).padStart(width)).join('')}\n`;
  const tenths = Array.from({ length: parts }, (_, part) => part + 1);
  return [
    line(
      'joined | drawn',
      tenths.map((tenth) => `${tenth}/10`),
    ),
    ...tenths.map((tenth) => line(`${tenth}/10`, cells.slice((tenth - 1) * parts, tenth * parts))),
  ].join('');
}

function countTenths(positions: Uint32Array): number[] {
  const cells = Array<number>(parts * parts).fill(0);
  const tenthOf = (value: number) => Math.floor((value * parts) / positions.length);
  positions.forEach((position, index) => {
    const cell = tenthOf(index) * parts + tenthOf(position);
    cells[cell] = (cells[cell] ?? 0) + 1;
  });
  return cells;
}

function correlationOf(positions: Uint32Array): number {
  const middle = (positions.length - 1) / 2;
  const variance = (positions.length ** 2 - 1) / 12;
  let sum = 0;
  positions.forEach((position, index) => {
    sum += (index - middle) * (position - middle);
  });
  return sum / positions.length / variance;
}

/** Checks one place: that it is in the list, its owner, and its position. */
export function checkOwnPlace(
  { index, accountKey, salt }: OwnPlace,
  eventId: string,
  draw: FinishedDraw,
  leaf: Uint8Array,
  proof: PublishedProof | undefined,
  verdicts: Verdicts,
): void {
  const name = `place ${index}`;
  if (index >= draw.places) {
    verdicts.note(name, `joined after the freeze: stands at position ${index}, behind all ${draw.places} drawn ones`);
    return;
  }
  const isProven =
    proof !== undefined &&
    proof.index === index &&
    proof.leaf === Buffer.from(leaf).toString('hex') &&
    provesInclusion({ index, places: draw.places, leaf, siblings: proof.siblings.map(fromHex) }, draw.root);
  verdicts.check(`${name}: in the list`, isProven, 'its proof leads from its leaf to the root');
  if (accountKey !== undefined && salt !== undefined)
    verdicts.check(
      `${name}: yours`,
      leafHash(eventId, index, fromHex(salt), accountKey).equals(leaf),
      'its leaf is the hash of your account and salt',
    );
  if (draw.voided.includes(index))
    verdicts.note(name, 'was taken out before the freeze: it keeps its position and is not called');
  verdicts.note(name, `position ${positionAt(draw.key, draw.places, index)} of ${draw.places}, counted from 0`);
}
