import type { Fonts, OpenFont, ShapedGlyph } from './fonts.ts';
import { type Cluster, runsOf, wordsOf } from './runs.ts';

/** In units of the font size: the height of a line, and the offset of its baseline. */
export const lineHeight = 1.2;
export const baselineAt = 0.92;
export const ellipsis = '…';

/** The column that a text is set in. `width` and `size` have the same unit. */
export type Column = { readonly width: number; readonly size: number; readonly linesMax: number };

/** The lines of a text of any script. A text that is longer than `linesMax` lines ends in an ellipsis. */
export function setLines(text: string, { width, size, linesMax }: Column, fonts: Fonts): Cluster[][] {
  const widthOf = (clusters: readonly Cluster[]) =>
    runsOf(clusters).reduce((sum, { font, text: shaped }) => sum + advanceOf(font, font.shape(shaped), size), 0);
  const dots = wordsOf(ellipsis, fonts).flat();
  return linesOf(wordsOf(text, fonts), { widthOf, width, linesMax, dots });
}

/** The width of some glyphs, in the unit of `size`. */
export function advanceOf(font: OpenFont, glyphs: readonly ShapedGlyph[], size: number): number {
  return (glyphs.reduce((width, { xAdvance }) => width + xAdvance, 0) * size) / font.unitsPerEm;
}

type Lining = {
  readonly widthOf: (clusters: readonly Cluster[]) => number;
  readonly width: number;
  readonly linesMax: number;
  readonly dots: readonly Cluster[];
};

const isBlank = (clusters: readonly Cluster[]) => clusters.every(({ text }) => text.trim() === '');

/** Fills lines with whole words. A word that is longer than a line is broken between clusters. */
function linesOf(words: readonly Cluster[][], lining: Lining): Cluster[][] {
  const { widthOf, width, linesMax, dots } = lining;
  const pieces = words.flatMap((word) => (widthOf(word) <= width ? [word] : word.map((cluster) => [cluster])));
  const lines: Cluster[][] = [];
  let line: Cluster[] = [];
  let used = 0;
  for (const [at, piece] of pieces.entries()) {
    if (line.length === 0 && isBlank(piece)) continue;
    const needed = widthOf(piece);
    if (!isBlank(piece) && used + needed > width) {
      if (lines.length === linesMax - 1) {
        lines.push(shortened([...line, ...pieces.slice(at).flat()], { widthOf, width, dots }));
        return lines;
      }
      lines.push(line);
      [line, used] = [[], 0];
    }
    line.push(...piece);
    used += needed;
  }
  return line.length > 0 ? [...lines, line] : lines;
}

/** The longest part of a line that fits with an ellipsis, found by bisection. */
function shortened(line: readonly Cluster[], { widthOf, width, dots }: Omit<Lining, 'linesMax'>): Cluster[] {
  let [fits, tooMany] = [0, line.length];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (widthOf([...line.slice(0, middle), ...dots]) <= width) fits = middle;
    else tooMany = middle;
  }
  return [...line.slice(0, fits), ...dots];
}
