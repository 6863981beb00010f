import sharp from 'sharp';
import { type Fonts, openFonts } from '../../platform/typesetting/fonts.ts';
import { advanceOf, baselineAt, ellipsis, lineHeight, setLines } from '../../platform/typesetting/lines.ts';
import { type Cluster, runsOf } from '../../platform/typesetting/runs.ts';
import { pictureSizes } from './sizes.ts';

/** The picture of a page without a photo, in previews of its link. */
export type LinkCard = {
  /** SVG of ours, without anything that people wrote: what stands behind the texts, and the logo. */
  readonly background: string;
  readonly logo: string;
  readonly title: string;
  /** Below the title. */
  readonly lines: readonly string[];
};

const { width, height } = pictureSizes.share;
const margin = 64;
const column = width - 2 * margin;
/** The first size at which the title fits; at the last one it may be cut. */
const titleSizes = [
  { size: 92, linesMax: 2 },
  { size: 60, linesMax: 3 },
] as const;
const lineSize = 36;
const lineGap = 12;
const jpegQuality = 80;
/** How dark the background is made, from top to bottom, so that white can be read on every poster. */
const shade = [
  [0, 0.4],
  [0.2, 0.2],
  [0.4, 0.6],
  [1, 0.92],
] as const;

type SetText = { readonly lines: readonly Cluster[][]; readonly size: number };

/** Called once in a process that draws cards. The only decoder is the one that reads the drawing below. */
export function limitToDrawings(): void {
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadSvgBuffer'] });
}

/**
 * Draws a card as JPEG, which is the only format that all messengers take. Texts become outlines here, so no text is parsed as
 * SVG, and no font of the system is used.
 */
export async function drawLinkCard({ background, logo, title, lines }: LinkCard): Promise<Uint8Array> {
  const fonts = await openFonts([ellipsis, title, ...lines]);
  const texts = [
    setTitle(title, fonts),
    ...lines.map((text) => ({
      lines: setLines(text, { width: column, size: lineSize, linesMax: 1 }, fonts),
      size: lineSize,
    })),
  ];
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${background}
<defs><linearGradient id="shade" x1="0" y1="0" x2="0" y2="1">${shade.map(([offset, opacity]) => `<stop offset="${offset}" stop-color="#0c0d10" stop-opacity="${opacity}"/>`).join('')}</linearGradient></defs>
<rect width="${width}" height="${height}" fill="url(#shade)"/><g fill="#ffffff" color="#ffffff"><g transform="translate(${margin} ${margin}) scale(3)">${logo}</g>${stacked(texts)}</g></svg>`;
  return sharp(Buffer.from(drawing)).flatten().jpeg({ quality: jpegQuality, progressive: true }).toBuffer();
}

function setTitle(title: string, fonts: Fonts): SetText {
  const [large, small] = titleSizes;
  const whole = setLines(title, { width: column, size: large.size, linesMax: large.linesMax + 1 }, fonts);
  if (whole.length <= large.linesMax) return { lines: whole, size: large.size };
  return { lines: setLines(title, { width: column, ...small }, fonts), size: small.size };
}

/** The texts above each other, the last one at the lower margin. */
function stacked(texts: readonly SetText[]): string {
  const heightOf = ({ lines, size }: SetText) => lines.length * size * lineHeight + lineGap;
  let top = height - margin - texts.reduce((sum, text) => sum + heightOf(text), 0);
  return texts
    .map((text) => {
      const baselines = text.lines.map((line, index) => ({
        line,
        y: top + text.size * (baselineAt + index * lineHeight),
      }));
      top += heightOf(text);
      return baselines.map(({ line, y }) => outlined(line, { y, size: text.size })).join('');
    })
    .join('');
}

function outlined(line: readonly Cluster[], { y, size }: { readonly y: number; readonly size: number }): string {
  let x = margin;
  return runsOf(line)
    .map(({ font, text }) => {
      const scale = size / font.unitsPerEm;
      const glyphs = font.shape(text);
      let pen = x;
      x += advanceOf(font, glyphs, size);
      return glyphs
        .map(({ id, xAdvance, xOffset, yOffset }) => {
          const [left, up] = [pen + xOffset * scale, y - yOffset * scale];
          pen += xAdvance * scale;
          const place = `translate(${left.toFixed(2)} ${up.toFixed(2)}) scale(${scale.toFixed(5)} ${(-scale).toFixed(5)})`;
          return `<path transform="${place}" d="${font.outlineOf(id)}"/>`;
        })
        .join('');
    })
    .join('');
}
