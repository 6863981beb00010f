import { createHash } from 'node:crypto';
import { html } from 'hono/html';

/** Colours of one mood: ground, far, near, light. */
const palettes = [
  ['#14342b', '#2f6b55', '#f0b95b', '#f6e7c8'],
  ['#2b1a3d', '#7a3b69', '#f08a5d', '#fbe3c2'],
  ['#0f2d4a', '#2a6f97', '#f4d35e', '#eaf2f5'],
  ['#3b1f1b', '#9c3d2f', '#f2a65a', '#fae5d0'],
  ['#1d2b2f', '#4f7f80', '#e4b363', '#efeae0'],
  ['#22223b', '#5a5f94', '#e9a6a6', '#f2e9e4'],
  ['#123524', '#3e7b4f', '#e3b23c', '#f1ead1'],
  ['#401f3e', '#8f2d56', '#fbb13c', '#f7ede2'],
] as const;

const width = 320;
const height = 200;

type Palette = (typeof palettes)[number];
type Draw = (byte: (index: number) => number, palette: Palette) => ReturnType<typeof html>[];

/**
 * A generated picture for an event without one, always the same for a slug. Colours are attributes, because the page's
 * policy allows no inline style.
 */
export function poster(slug: string, className: string) {
  const digest = createHash('sha256').update(slug).digest();
  const byte = (index: number) => digest[index] ?? 0;
  const palette = palettes[byte(0) % palettes.length] ?? palettes[0];
  const draw = draws[byte(1) % draws.length] ?? sunrise;
  return html`<svg class="${className}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false"><rect width="${width}" height="${height}" fill="${palette[0]}"/>${draw(byte, palette)}</svg>`;
}

const sunrise: Draw = (byte, [, far, near, light]) => {
  const x = 70 + (byte(2) % 180);
  const y = 70 + (byte(3) % 40);
  const rings = [86, 62, 40].map(
    (radius, index) =>
      html`<circle cx="${x}" cy="${y}" r="${radius}" fill="${index === 2 ? light : near}" opacity="${[0.18, 0.4, 1][index]}"/>`,
  );
  const hills = [0, 1, 2].map((index) => {
    const top = 120 + index * 26;
    const bend = (byte(4 + index) % 60) - 30;
    return html`<path d="M0 ${top}C80 ${top - 30 + bend} 180 ${top + 34 - bend} 320 ${top - 12}V200H0Z" fill="${far}" opacity="${[0.55, 0.75, 1][index]}"/>`;
  });
  return [...rings, ...hills];
};

const stage: Draw = (byte, [, far, near, light]) => {
  const beams = [0, 1, 2, 3].map((index) => {
    const foot = 20 + index * 80 + (byte(2 + index) % 40);
    const head = 160 + ((byte(6 + index) % 120) - 60);
    return html`<path d="M${head - 6} 0H${head + 6}L${foot + 34} 200H${foot - 34}Z" fill="${index % 2 === 0 ? near : light}" opacity="0.22"/>`;
  });
  const crowd = Array.from({ length: 15 }, (_, index) => {
    const size = 13 + (byte(10 + index) % 9);
    return html`<circle cx="${index * 23}" cy="${196 - (byte(12 + index) % 14)}" r="${size}" fill="${far}"/>`;
  });
  return [...beams, html`<circle cx="160" cy="96" r="30" fill="${light}"/>`, ...crowd];
};

const tiles: Draw = (byte, [, far, near, light]) => {
  const side = 40;
  return Array.from({ length: 40 }, (_, index) => {
    const [column, row] = [index % 8, Math.floor(index / 8)];
    const [x, y] = [column * side, row * side];
    const turn = byte(index % 31) % 4;
    const colour = [far, near, light, far][byte((index * 7) % 31) % 4];
    const corner = [
      'M0 0H40A40 40 0 0 1 0 40Z',
      'M40 0V40A40 40 0 0 1 0 0Z',
      'M40 40H0A40 40 0 0 1 40 0Z',
      'M0 40V0A40 40 0 0 1 40 40Z',
    ];
    return html`<path transform="translate(${x} ${y})" d="${corner[turn]}" fill="${colour}" opacity="${row % 2 === column % 2 ? 0.95 : 0.45}"/>`;
  });
};

const waves: Draw = (byte, [, far, near, light]) =>
  Array.from({ length: 7 }, (_, index) => {
    const y = 30 + index * 26;
    const swing = 10 + (byte(2 + index) % 24);
    const colour = [light, near, far][index % 3];
    return html`<path d="M-10 ${y}C60 ${y - swing} 110 ${y + swing} 165 ${y}S270 ${y - swing} 330 ${y}" fill="none" stroke="${colour}" stroke-width="${6 + (byte(10 + index) % 9)}" stroke-linecap="round" opacity="${0.95 - index * 0.08}"/>`;
  });

const draws: readonly Draw[] = [sunrise, stage, tiles, waves];
