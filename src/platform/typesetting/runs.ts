import bidiModule from 'bidi-js';
import type { Fonts, OpenFont } from './fonts.ts';

/** A piece of text in one font and one direction, in the order for shaping and as written. */
export type Run = {
  readonly text: string;
  readonly written: string;
  readonly isRightToLeft: boolean;
  readonly font: OpenFont;
};
/** A grapheme cluster with its font and its bidi level: odd levels run from right to left. */
export type Cluster = { readonly text: string; readonly font: OpenFont; readonly level: number };

// The types describe the ES module. Node loads the CommonJS one, which is the function itself.
const bidi = (bidiModule as unknown as typeof bidiModule.default)();
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const words = new Intl.Segmenter(undefined, { granularity: 'word' });
/** The font shapes it from right to left. */
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/**
 * The words of a text as clusters in reading order, which show where lines may break, also in scripts without blanks.
 * Characters that no font has are left out.
 */
export function wordsOf(text: string, fonts: Fonts): Cluster[][] {
  const { levels } = bidi.getEmbeddingLevels(text);
  return [...words.segment(text)].map(({ segment, index: start }) =>
    [...graphemes.segment(segment)].flatMap(({ segment: grapheme, index }): Cluster[] => {
      const [first = ''] = grapheme;
      const font = fonts.fontOf(first, text);
      if (font === undefined) return [];
      const shown = Array.from(grapheme).filter((character) => font.has(character));
      return [{ text: shown.join(''), font, level: levels[start + index] ?? 0 }];
    }),
  );
}

/** The clusters of one line in visual order, from left to right (rule L2 of Unicode's bidirectional algorithm). */
export function runsOf(line: readonly Cluster[]): Run[] {
  const runs: { clusters: Cluster[]; font: OpenFont; level: number }[] = [];
  for (const cluster of line) {
    const last = runs.at(-1);
    if (last !== undefined && last.font === cluster.font && last.level === cluster.level) last.clusters.push(cluster);
    else runs.push({ clusters: [cluster], font: cluster.font, level: cluster.level });
  }
  const highest = Math.max(0, ...runs.map(({ level }) => level));
  for (let level = highest; level > 0; level -= 1) {
    for (let start = 0; start < runs.length; start += 1) {
      let end = start;
      while ((runs[end]?.level ?? -1) >= level) end += 1;
      if (end > start + 1) runs.splice(start, end - start, ...runs.slice(start, end).reverse());
      start = Math.max(start, end);
    }
  }
  return runs.map(({ clusters, font, level }) => ({
    text: textOf(clusters, level),
    written: clusters.map((cluster) => cluster.text).join(''),
    isRightToLeft: level % 2 === 1,
    font,
  }));
}

/** HarfBuzz reverses Arabic and Hebrew. Punctuation in such text is reversed and mirrored here. */
function textOf(clusters: readonly Cluster[], level: number): string {
  const text = clusters.map((cluster) => cluster.text).join('');
  if (level % 2 === 0 || rightToLeft.test(text)) return text;
  return clusters
    .toReversed()
    .map((cluster) => bidi.getMirroredCharacter(cluster.text) ?? cluster.text)
    .join('');
}
