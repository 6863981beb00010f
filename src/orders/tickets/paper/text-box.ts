import type { Fonts, OpenFont, ShapedGlyph } from '../../../platform/typesetting/fonts.ts';
import { advanceOf, baselineAt, lineHeight, setLines } from '../../../platform/typesetting/lines.ts';
import { type Run, runsOf, wordsOf } from '../../../platform/typesetting/runs.ts';

/** The box of a text, in points. */
export type Box = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly color: string;
};

/** Tolerance in points: a box whose height was computed from a number of lines has room for them. */
export const roundingMax = 0.001;

/** The part of a text that the fonts can show; empty without a letter, digit or symbol. */
export function shownText(text: string, fonts: Fonts): string {
  const shown = wordsOf(text, fonts)
    .flat()
    .map((cluster) => cluster.text)
    .join('');
  return /[\p{L}\p{N}\p{S}]/u.test(shown) ? shown : '';
}

/** The height of a whole text in a column of this width. */
export function heightOfText(text: string, { width, size }: Pick<Box, 'width' | 'size'>, fonts: Fonts): number {
  const lines = fonts.once(`${text}\0${width}\0${size}`, () =>
    setLines(text, { width, size, linesMax: Infinity }, fonts),
  );
  return lines.length * size * lineHeight;
}

/** Draws a text of any script on as many lines as its box has. A longer text ends in an ellipsis. */
export function drawText(document: PDFKit.PDFDocument, text: string, box: Box, fonts: Fonts): void {
  const linesMax = Math.max(1, Math.floor(box.height / (box.size * lineHeight) + roundingMax));
  const { width, size } = box;
  const lines = fonts.once(`${text}\0${width}\0${size}\0${linesMax}`, () =>
    setLines(text, { width, size, linesMax }, fonts),
  );
  document.fillColor(box.color);
  for (const [index, line] of lines.entries()) {
    const at = { x: box.x, baseline: box.y + box.size * (baselineAt + index * lineHeight), size: box.size };
    for (const run of runsOf(line)) {
      for (const piece of piecesOf(run, fonts)) {
        drawGlyphs(document, piece, at);
        at.x += advanceOf(piece.font, piece.glyphs, box.size);
      }
    }
  }
}

/** Glyphs that are drawn together. `actual` is their text where the glyphs alone do not give it. */
type Piece = {
  readonly font: OpenFont;
  readonly glyphs: readonly ShapedGlyph[];
  readonly written: string;
  readonly actual: boolean;
};

/**
 * The pieces of a run. A PDF font maps each glyph to characters once, for copying and searching. If a glyph represents
 * other characters elsewhere (Arabic letters share glyphs and differ in their dots), the piece carries its text. Readers
 * order right-to-left text by position, so each of its letters is a piece.
 */
function piecesOf({ font, isRightToLeft, text, written }: Run, fonts: Fonts): Piece[] {
  const said = fonts.once(font.name, () => new Map<number, string>());
  const agrees = ({ codePoints, id }: ShapedGlyph) => {
    const characters = String.fromCodePoint(...codePoints);
    if (!said.has(id)) said.set(id, characters);
    return said.get(id) === characters;
  };
  const glyphs = font.shape(text);
  const allAgree = glyphs.map(agrees).every(Boolean);
  if (allAgree || !isRightToLeft) return [{ font, glyphs, written, actual: !allAgree }];
  const letters = new Map<number, ShapedGlyph[]>();
  for (const glyph of glyphs) letters.set(glyph.cluster, [...(letters.get(glyph.cluster) ?? []), glyph]);
  return [...letters.values()].map((letter) => ({
    font,
    glyphs: letter,
    written: String.fromCodePoint(...letter.flatMap(({ codePoints }) => codePoints)),
    actual: !letter.every(agrees),
  }));
}

/** The parts of pdfkit that put glyphs on a page. Its own text() uses another shaper. */
type Inside = {
  readonly _font: {
    readonly id: string;
    readonly font: {
      layout: () => unknown;
      getGlyph(id: number, codePoints: readonly number[]): { readonly advanceWidth: number };
    };
    /** Adds glyphs to the embedded font. @returns their numbers in it */
    encode(text: string, features: readonly never[]): [string[], unknown];
    ref(): unknown;
  };
  readonly page: { readonly height: number; readonly fonts: Record<string, unknown> };
  addContent(operators: string): void;
};

/**
 * Draws glyphs at HarfBuzz's positions. pdfkit's own shaper fails on fonts of Gujarati and others, and puts Thai marks in
 * the wrong order. pdfkit embeds a font once for each name.
 */
function drawGlyphs(
  document: PDFKit.PDFDocument,
  { font, glyphs, written, actual }: Piece,
  at: { readonly x: number; readonly baseline: number; readonly size: number },
): void {
  document.registerFont(font.name, font.bytes).font(font.name).save();
  const inside = document as unknown as Inside;
  const { _font: embedded } = inside;
  embedded.font.layout = () => ({
    glyphs: glyphs.map(({ id, codePoints }) => embedded.font.getGlyph(id, codePoints)),
    positions: [],
  });
  const [numbers] = embedded.encode('', []);
  inside.page.fonts[embedded.id] ??= embedded.ref();
  // The page's y axis points down. Without this the letters would be upside down.
  document.transform(1, 0, 0, -1, 0, inside.page.height);
  if (actual) document.markContent('Span', { actual: written });
  inside.addContent(`BT\n/${embedded.id} ${at.size} Tf`);
  const scale = at.size / font.unitsPerEm;
  let pen = at.x;
  for (const [index, { xAdvance, xOffset, yOffset }] of glyphs.entries()) {
    const [x, y] = [pen + xOffset * scale, inside.page.height - at.baseline + yOffset * scale];
    inside.addContent(`1 0 0 1 ${x.toFixed(3)} ${y.toFixed(3)} Tm\n[<${numbers[index] ?? ''}>] TJ`);
    pen += xAdvance * scale;
  }
  inside.addContent('ET');
  if (actual) document.endMarkedContent();
  document.restore();
}
