import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type * as HarfBuzz from 'harfbuzzjs';
import { LRUCache } from 'lru-cache';
import { fontFilesFor } from './font-files.ts';

/** A positioned glyph, in units of the font, and the characters that it represents. */
export type ShapedGlyph = {
  readonly id: number;
  /** Equal for glyphs with the same characters. */
  readonly cluster: number;
  readonly codePoints: readonly number[];
  readonly xAdvance: number;
  readonly yAdvance: number;
  readonly xOffset: number;
  readonly yOffset: number;
};

/** A font that can be embedded in a document or drawn, with its shaping. */
export type OpenFont = {
  readonly name: string;
  readonly bytes: Buffer;
  readonly unitsPerEm: number;
  has(character: string): boolean;
  /** Glyphs from left to right, shaped by HarfBuzz: joined, stacked and turned as the script requires. */
  shape(text: string): ShapedGlyph[];
  /** The path of a glyph as SVG writes it, in units of the font. Its y axis points up. */
  outlineOf(glyphId: number): string;
};

/** The fonts of some texts. They are opened before a page is drawn, because that takes a while. */
export type Fonts = {
  /** Undefined if no font has the character. */
  fontOf(character: string, text: string): OpenFont | undefined;
  /** Cached results by name, for the similar pages of one document. */
  once<Thing>(name: string, make: () => Thing): Thing;
};

/** Semi-bold, like the text next to it. */
const weight = 600;
/** Open fonts, 10 to 150 kB each. */
const fontsMax = 24;
/** Shaped texts that are kept for each font, because the pages of a document repeat them. */
const shapesMax = 300;
/** Invisible and control characters, for which some fonts have a glyph. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}]/u;

const made = new LRUCache<string, OpenFont>({ max: fontsMax });

/** Opens the fonts that some texts need. Fonts that were used lately stay open. */
export async function openFonts(texts: readonly string[]): Promise<Fonts> {
  const chosen = new Map<string, OpenFont>();
  for (const text of new Set(texts)) {
    for (const character of new Set(text)) {
      const key = keyOf(character, text);
      const font = chosen.has(key) || unseen.test(character) ? undefined : await firstWith(character, text);
      if (font !== undefined) chosen.set(key, font);
    }
  }
  const things = new Map<string, unknown>();
  return {
    fontOf: (character, text) => chosen.get(keyOf(character, text)),
    once: <Thing>(name: string, makeThing: () => Thing): Thing => {
      if (!things.has(name)) things.set(name, makeThing());
      return things.get(name) as Thing;
    },
  };
}

/** A Han character may need another font in another text. */
const keyOf = (character: string, text: string) => `${character}\0${text}`;

async function firstWith(character: string, text: string): Promise<OpenFont | undefined> {
  for (const file of fontFilesFor(character, text)) {
    const font = made.get(file) ?? (await make(file));
    if (font.has(character)) return font;
  }
  return undefined;
}

/**
 * A PDF can embed neither WOFF2 nor a variable font, so the font is converted to plain TrueType at one weight. Shaping uses
 * the converted font, so that the glyph numbers agree.
 */
async function make(file: string): Promise<OpenFont> {
  // Loaded when first needed: most tickets need neither of them.
  const [{ default: subsetFont }, harfBuzz] = await Promise.all([import('subset-font'), import('harfbuzzjs')]);
  // The library's types lack this option.
  const whole = { targetFormat: 'truetype', keepAllGlyphs: true } as const;
  const atWeight = file.includes('-wght-') ? { variationAxes: { wght: weight } } : {};
  const bytes = await subsetFont(readFileSync(file), '', { ...whole, ...atWeight });
  const face = new harfBuzz.Face(new harfBuzz.Blob(bytes));
  const points = new Set(face.collectUnicodes());
  const shaper = new harfBuzz.Font(face);
  const shapes = new LRUCache<string, ShapedGlyph[]>({ max: shapesMax });
  const font: OpenFont = {
    name: basename(file),
    bytes,
    unitsPerEm: face.upem,
    has: (character) => points.has(character.codePointAt(0) ?? 0),
    shape: (text) => {
      const shaped = shapes.get(text) ?? shapeWith(harfBuzz, shaper, text);
      shapes.set(text, shaped);
      return shaped;
    },
    outlineOf: (glyphId) => shaper.glyphToPath(glyphId),
  };
  made.set(file, font);
  return font;
}

function shapeWith(harfBuzz: typeof HarfBuzz, font: HarfBuzz.Font, text: string): ShapedGlyph[] {
  const buffer = new harfBuzz.Buffer();
  buffer.addText(text);
  // Marks keep their own position, so that each glyph has its characters.
  buffer.setClusterLevel(harfBuzz.ClusterLevel.MONOTONE_CHARACTERS);
  buffer.guessSegmentProperties();
  harfBuzz.shape(font, buffer);
  const infos = buffer.getGlyphInfos();
  const positions = buffer.getGlyphPositions();
  const characters = charactersOf(font, text, infos);
  return infos.map(({ codepoint, cluster }, index) => {
    const { xAdvance = 0, yAdvance = 0, xOffset = 0, yOffset = 0 } = positions[index] ?? {};
    return { id: codepoint, cluster, codePoints: characters[index] ?? [], xAdvance, yAdvance, xOffset, yOffset };
  });
}

/**
 * The characters of each glyph. The glyphs of a cluster share its characters: a glyph takes the character of which it is
 * the plain form, and the first other glyph takes the rest.
 */
function charactersOf(font: HarfBuzz.Font, text: string, infos: readonly HarfBuzz.GlyphInfo[]): number[][] {
  const starts = [...new Set(infos.map(({ cluster }) => cluster))].sort((one, other) => one - other);
  const left = new Map(
    starts.map((start, at) => [start, Array.from(text.slice(start, starts[at + 1]), (one) => one.codePointAt(0) ?? 0)]),
  );
  const taken = infos.map(({ cluster, codepoint }) => {
    const points = left.get(cluster) ?? [];
    const at = points.findIndex((point) => font.nominalGlyph(point) === codepoint);
    return at < 0 ? [] : points.splice(at, 1);
  });
  return taken.map((points, index) =>
    points.length > 0 ? points : (left.get(infos[index]?.cluster ?? 0) ?? []).splice(0),
  );
}
