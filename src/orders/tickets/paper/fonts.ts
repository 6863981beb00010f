import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type * as HarfBuzz from 'harfbuzzjs';
import { fontFilesFor } from './font-files.ts';

/** A glyph where it stands, in units of the font, and the characters that it is of. */
export type ShapedGlyph = {
  readonly id: number;
  /** The same for glyphs that stand for the same characters. */
  readonly cluster: number;
  readonly codePoints: readonly number[];
  readonly xAdvance: number;
  readonly yAdvance: number;
  readonly xOffset: number;
  readonly yOffset: number;
};

/** A font that a document can embed, and what it does with text. */
export type PaperFont = {
  readonly name: string;
  readonly bytes: Buffer;
  readonly unitsPerEm: number;
  has(character: string): boolean;
  /** Glyphs from left to right, by HarfBuzz: joined, stacked and turned as each script needs it. */
  shape(text: string): ShapedGlyph[];
};

/** The fonts of some texts: made before a page is drawn, since making one takes a while. */
export type Fonts = {
  /** Undefined for a character that no font has. */
  fontOf(character: string, text: string): PaperFont | undefined;
  /** What was made under this name before, for the pages of one document that are alike. */
  once<Thing>(name: string, make: () => Thing): Thing;
};

/** Semi-bold, as what it stands beside. */
const weight = 600;
/** Of fonts, 10 to 150 kB each. */
const fontsKept = 24;
/** Pieces of text whose glyphs are kept for each font: the pages of a document show the same. */
const shapesKept = 300;
/** Invisible characters and controls, which some fonts have a glyph for. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}]/u;

const made = new Map<string, PaperFont>();

/** Opens the fonts that some texts need; this thread keeps what it opened lately. */
export async function openFonts(texts: readonly string[]): Promise<Fonts> {
  const chosen = new Map<string, PaperFont>();
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

/** A Han character may have another font in another text. */
const keyOf = (character: string, text: string) => `${character}\0${text}`;

async function firstWith(character: string, text: string): Promise<PaperFont | undefined> {
  for (const file of fontFilesFor(character, text)) {
    const font = made.get(file) ?? (await make(file));
    if (font.has(character)) return font;
  }
  return undefined;
}

/**
 * A PDF can embed neither a WOFF2 nor a variable font: what is embedded is the same font as plain TrueType at one weight. It
 * is shaped as it is embedded, so that the numbers of glyphs agree.
 */
async function make(file: string): Promise<PaperFont> {
  // Loaded with the first text that needs them: most tickets need neither.
  const [{ default: subsetFont }, harfBuzz] = await Promise.all([import('subset-font'), import('harfbuzzjs')]);
  // The library's types do not know this option yet.
  const whole = { targetFormat: 'truetype', keepAllGlyphs: true } as const;
  const atWeight = file.includes('-wght-') ? { variationAxes: { wght: weight } } : {};
  const bytes = await subsetFont(readFileSync(file), '', { ...whole, ...atWeight });
  const face = new harfBuzz.Face(new harfBuzz.Blob(bytes));
  const points = new Set(face.collectUnicodes());
  const shaper = new harfBuzz.Font(face);
  const shapes = new Map<string, ShapedGlyph[]>();
  const font: PaperFont = {
    name: basename(file),
    bytes,
    unitsPerEm: face.upem,
    has: (character) => points.has(character.codePointAt(0) ?? 0),
    shape: (text) => {
      const known = shapes.get(text);
      if (known !== undefined) return known;
      if (shapes.size >= shapesKept) shapes.clear();
      const shaped = shapeWith(harfBuzz, shaper, text);
      shapes.set(text, shaped);
      return shaped;
    },
  };
  const oldest = made.size >= fontsKept ? made.keys().next().value : undefined;
  if (oldest !== undefined) made.delete(oldest);
  made.set(file, font);
  return font;
}

function shapeWith(harfBuzz: typeof HarfBuzz, font: HarfBuzz.Font, text: string): ShapedGlyph[] {
  const buffer = new harfBuzz.Buffer();
  buffer.addText(text);
  // Marks keep a place of their own, so that each glyph knows its characters.
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
 * The characters of each glyph. Glyphs of one cluster share its characters: each takes the one that it is the plain form of,
 * and the first that is a form of its own takes the rest.
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
