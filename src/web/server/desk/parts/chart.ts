import { html } from 'hono/html';
import type { Html } from '../../layout.ts';

/** The names of a bar's values, and the text for the longest bar. */
export type ChartKey = { readonly parts: readonly string[]; most(value: number): string };

export type Bar = { readonly label: string; readonly values: readonly number[] };

const height = 120;
const barWidth = 10;
const step = 14;

/**
 * A bar chart. The first value of a bar is the total; later values are parts of it, drawn over it. Every chart has a table with the same
 * figures beside it, for people who cannot see it.
 */
export function barChart(title: string, bars: readonly Bar[], key: ChartKey): Html {
  if (bars.length === 0) return html``;
  const most = Math.max(1, ...bars.flatMap(({ values }) => values));
  const drawn = bars.flatMap(({ label, values }, index) =>
    values.map((value, part) => {
      const size = Math.round((value / most) * height);
      return html`<rect class="bar-${part}" x="${index * step}" y="${height - size}" width="${barWidth}" height="${size}"><title>${label}: ${value}</title></rect>`;
    }),
  );
  const width = Math.max(step, bars.length * step);
  const names = key.parts.map((name, part) => html`<span class="chart-part-${part}">${name}</span>`);
  return html`<p class="chart-key" aria-hidden="true">${names}<span>${key.most(most)}</span></p>
<svg class="chart" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${title}">${drawn}</svg>
<p class="chart-ends" aria-hidden="true"><span>${bars[0]?.label ?? ''}</span><span>${bars.at(-1)?.label ?? ''}</span></p>`;
}
