import { colours } from '../../../platform/colours.ts';
import type { Fonts } from '../../../platform/typesetting/fonts.ts';
import { isStandard, paperText } from './printable.ts';
import { type Structure, asElement } from './structure.ts';
import { drawText, heightOfText, roundingMax, shownText } from './text-box.ts';

/** Texts on a sheet of paper, each in its own box. */
const { ink } = colours;
export const faint = colours.muted;
/** Longer values than two lines are set smaller. */
const valueBox = { size: 10.5, sizeMin: 5, height: 32 } as const;
const sizeStep = 0.5;
const labelHeight = 11;

/** The document, the fonts to draw with, and the part of its structure that the texts belong to. */
export type Sheet = {
  readonly document: PDFKit.PDFDocument;
  readonly fonts: Fonts;
  readonly section: Structure;
};

/** The part of a written text that the fonts can draw. */
export function readable({ fonts }: Pick<Sheet, 'fonts'>, written: string): string {
  const text = paperText(written);
  return isStandard(text) ? text : shownText(text, fonts);
}

type Line = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size: number;
  readonly color: string;
  readonly bold?: boolean;
  readonly align?: 'right' | 'center';
  readonly height?: number;
  readonly spacing?: number;
  /** The text's role in the structure of the document. */
  readonly element?: 'H1' | 'P' | 'Span';
};

/** Draws text in its own box. A longer text is cut with an ellipsis, so it never flows to another page. */
export function line({ document, fonts, section }: Sheet, text: string, at: Line): void {
  asElement({ document, parent: section }, at.element ?? 'P', () => write({ document, fonts }, text, at));
}

function write({ document, fonts }: Pick<Sheet, 'document' | 'fonts'>, text: string, at: Line): void {
  const height = at.height ?? at.size * 1.2;
  if (!isStandard(text)) {
    drawText(document, text, { ...at, height }, fonts);
    return;
  }
  document
    .font(at.bold === true ? 'Helvetica-Bold' : 'Helvetica')
    .fontSize(at.size)
    .fillColor(at.color)
    .text(text, at.x, at.y, {
      width: at.width,
      height: height + roundingMax,
      ellipsis: true,
      characterSpacing: at.spacing ?? 0,
      ...(at.align === undefined ? {} : { align: at.align }),
    });
}

export type Fitted = { readonly size: number; readonly height: number };

/** The largest size at which the whole text fits into its box, in half points, and its height at that size. */
export function fitted(
  { document, fonts }: Pick<Sheet, 'document' | 'fonts'>,
  text: string,
  box: { width: number; height: number; size: number; sizeMin: number; bold: boolean },
): Fitted {
  const heightAt = (size: number) => {
    if (!isStandard(text)) return heightOfText(text, { ...box, size }, fonts);
    document.font(box.bold ? 'Helvetica-Bold' : 'Helvetica').fontSize(size);
    return document.heightOfString(text, { width: box.width });
  };
  for (let { size } = box; ; size -= sizeStep) {
    const height = heightAt(size);
    if (height <= box.height || size <= box.sizeMin) return { size, height: Math.min(height, box.height) };
  }
}

/** A label and its value are one paragraph, so that they are read together. @returns where the value ends */
export function field(
  sheet: Sheet,
  label: string,
  value: string,
  at: { x: number; y: number; width: number; height?: number },
): number {
  const section = sheet.document.struct('P');
  const pair = { ...sheet, section };
  line(pair, label.toUpperCase(), { ...at, height: 8, size: 6.5, color: faint, spacing: 1, element: 'Span' });
  const y = at.y + labelHeight;
  const box = fitted(sheet, value, {
    ...valueBox,
    ...at,
    height: (at.height ?? valueBox.height + labelHeight) - labelHeight,
    bold: true,
  });
  line(pair, value, { ...at, y, ...box, color: ink, bold: true, element: 'Span' });
  section.end();
  sheet.section.add(section);
  return y + box.height;
}
