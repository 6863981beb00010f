import { html } from 'hono/html';
import { formatDate } from '../../../../platform/text/format-time.ts';
import { ticketWords } from '../../../i18n/words/desk/tickets/tickets.ts';
import type { Html } from '../../layout.ts';
import type { Desk } from '../desk.ts';
import type { EventOfDesk } from '../events/editor/event-form.ts';
import type { Category } from './tickets.ts';

const width = 600;
const rowHeight = 34;
const barHeight = 10;
const top = 8;

/**
 * The sale windows of all categories on one timeline, with the current time and the start of the event. Hidden from screen readers,
 * because the table beside it says the same.
 */
export function saleTimeline(categories: readonly Category[], event: EventOfDesk, { language, now }: Desk): Html {
  const words = ticketWords[language];
  const startsAt = Date.parse(event.startsAt);
  const times = categories.flatMap(({ saleOpensAt, saleClosesAt }) => [
    Date.parse(saleOpensAt),
    Date.parse(saleClosesAt),
  ]);
  const [from, to] = [Math.min(...times, startsAt), Math.max(...times, startsAt)];
  const x = (time: number) => Math.round(((time - from) / Math.max(to - from, 1)) * width);
  const bottom = top + categories.length * rowHeight;
  const bars = categories.map((category, index) => {
    const [opens, closes] = [x(Date.parse(category.saleOpensAt)), x(Date.parse(category.saleClosesAt))];
    const y = top + index * rowHeight;
    return html`<text x="0" y="${y + 12}">${category.name}</text><rect class="bar" x="${opens}" y="${y + 18}" width="${Math.max(closes - opens, 3)}" height="${barHeight}" rx="4"/>`;
  });
  const line = (time: number, className: string) =>
    time < from || time > to
      ? ''
      : html`<line class="${className}" x1="${x(time)}" x2="${x(time)}" y1="${top}" y2="${bottom}"/>`;
  const day = (time: number) => formatDate(new Date(time), event.timeZone, language, 'medium');
  return html`<figure class="timeline" aria-hidden="true"><svg viewBox="-4 0 ${width + 8} ${bottom + 26}" focusable="false">${bars}${line(now.getTime(), 'now')}${line(startsAt, 'start')}<text x="0" y="${bottom + 20}">${day(from)}</text><text x="${width}" y="${bottom + 20}" text-anchor="end">${day(to)}</text></svg>
<figcaption class="small muted"><span class="key key-now"></span> ${words.now} <span class="key key-start"></span> ${words.eventStart}</figcaption></figure>`;
}
