import { html } from 'hono/html';
import type { Html } from '../../layout.ts';

export type Bar = { readonly label: string; readonly values: readonly number[] };

const height = 120;
const barWidth = 10;
const step = 14;

/**
 * A bar chart. The first value of a bar is the total; later values are parts of it, drawn over it. Every chart has a table with the same
 * figures beside it, for people who cannot see it.
 */
export function barChart(title: string, bars: readonly Bar[]): Html {
  const most = Math.max(1, ...bars.flatMap(({ values }) => values));
  const drawn = bars.flatMap(({ label, values }, index) =>
    values.map((value, part) => {
      const size = Math.round((value / most) * height);
      return html`<rect class="bar-${part}" x="${index * step}" y="${height - size}" width="${barWidth}" height="${size}"><title>${label}: ${value}</title></rect>`;
    }),
  );
  const width = Math.max(step, bars.length * step);
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${title}">${drawn}</svg>
<p class="chart-ends" aria-hidden="true"><span>${bars[0]?.label ?? ''}</span><span>${bars.at(-1)?.label ?? ''}</span></p>`;
}
