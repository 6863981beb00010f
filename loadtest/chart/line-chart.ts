import { type Ticks, ticksFor } from './ticks.ts';

/** One line, with its points in order. A point with a non-finite y is a gap. */
export type Series = { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] };

export type LineChart = {
  readonly title: string;
  /** Labels of the axes, with the unit: `seconds since the start`. */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** Vertical lines that explain the rest: `Redis stopped`. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
};

const width = 860;
const height = 480;
const top = 56;
const left = 84;
const right = 24;
const axisSpace = 56;
const legendRow = 20;
const legendColumn = 260;
const legendColumns = 3;
const nameMax = 36;
/** With more points than this, dots would hide the line. */
const dotsMax = 40;

/**
 * Distinguishable with every kind of colour vision (Okabe and Ito), dark enough on white. The dashes repeat the distinction
 * without colour.
 */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8c6d00', '#56b4e9', '#000000'];
const dashes = ['', '7 3', '2 3', '9 3 2 3', '12 4', '4 2', '1 2'];

/**
 * A line chart as an SVG file: round axes with grid and units, a legend below, black on white, no script and nothing to
 * load. The y axis begins at zero unless a value is below it.
 */
export function lineChart(chart: LineChart): string {
  const { title, xLabel, yLabel, series, marks = [] } = chart;
  const legendRows = Math.ceil(series.length / legendColumns);
  const bottom = height - axisSpace - legendRows * legendRow;
  const points = series.flatMap((one) => one.points).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const xs = [...points.map(([x]) => x), ...marks.map(({ x }) => x)];
  const ys = points.map(([, y]) => y);
  const xTicks = ticksFor(least(xs), most(xs), 10);
  const yTicks = ticksFor(Math.min(0, least(ys)), most(ys));
  const scale: Scale = {
    x: (value) => left + ((value - xTicks.from) / (xTicks.to - xTicks.from)) * (width - left - right),
    y: (value) => bottom - ((value - yTicks.from) / (yTicks.to - yTicks.from)) * (bottom - top),
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12" fill="#222">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${left}" y="28" font-size="16" font-weight="bold">${escaped(title)}</text>
${axes(scale, xTicks, yTicks, bottom)}
<text x="${(left + width - right) / 2}" y="${bottom + 40}" text-anchor="middle">${escaped(xLabel)}</text>
<text transform="translate(20 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(yLabel)}</text>
${marks.map(({ x, label }) => mark(scale.x(x), label, bottom)).join('\n')}
${series.map((one, place) => line(scale, one, place)).join('\n')}
${series.map((one, place) => legend(one, place, bottom + axisSpace)).join('\n')}
</svg>
`;
}

type Scale = { readonly x: (value: number) => number; readonly y: (value: number) => number };

function axes(scale: Scale, xTicks: Ticks, yTicks: Ticks, bottom: number): string {
  const across = yTicks.values.map((value) => {
    const y = at(scale.y(value));
    return `<path d="M${left} ${y}H${width - right}" stroke="#ddd"/><text x="${left - 8}" y="${y}" dy="4" text-anchor="end">${said(value, yTicks)}</text>`;
  });
  const upright = xTicks.values.map((value) => {
    const x = at(scale.x(value));
    return `<path d="M${x} ${bottom}v5" stroke="#222"/><text x="${x}" y="${bottom + 20}" text-anchor="middle">${said(value, xTicks)}</text>`;
  });
  return [
    ...across,
    ...upright,
    `<path d="M${left} ${top}V${bottom}H${width - right}" fill="none" stroke="#222"/>`,
  ].join('\n');
}

function line(scale: Scale, { points }: Series, place: number): string {
  const colour = colours[place % colours.length] ?? '';
  let isDrawing = false;
  const steps = points.flatMap(([x, y]) => {
    const isPoint = Number.isFinite(x) && Number.isFinite(y);
    const step = isPoint ? [`${isDrawing ? 'L' : 'M'}${at(scale.x(x))} ${at(scale.y(y))}`] : [];
    isDrawing = isPoint;
    return step;
  });
  const dots = points.length > dotsMax ? [] : steps.map((step) => dot(step.slice(1).split(' '), colour));
  return `<path d="${steps.join('')}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes[place % dashes.length]}"/>${dots.join('')}`;
}

function dot([x = '', y = '']: readonly string[], colour: string): string {
  return `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`;
}

function mark(x: number, label: string, bottom: number): string {
  return `<path d="M${at(x)} ${top}V${bottom}" stroke="#777" stroke-dasharray="3 3"/><text x="${at(x)}" y="${top - 6}" text-anchor="middle" fill="#555">${escaped(label)}</text>`;
}

function legend({ name }: Series, place: number, above: number): string {
  const x = left + (place % legendColumns) * legendColumn;
  const y = above + Math.floor(place / legendColumns) * legendRow;
  const colour = colours[place % colours.length] ?? '';
  const shown = name.length > nameMax ? `${name.slice(0, nameMax - 1)}…` : name;
  return `<path d="M${x} ${y}h24" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes[place % dashes.length]}"/><text x="${x + 30}" y="${y + 4}">${escaped(shown)}</text>`;
}

function said(value: number, { digits }: Ticks): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A tenth of a pixel is precise enough. */
function at(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}

// No spread: a series may have more values than a call may have arguments.
function least(values: readonly number[]): number {
  return values.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
}

function most(values: readonly number[]): number {
  return values.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
