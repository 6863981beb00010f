import { html } from 'hono/html';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { toolWords } from '../../../i18n/words/desk/tools.ts';
import type { AddPage, Desk, View } from '../desk.ts';
import { paging, table } from '../parts/table.ts';

const deskTimeZone = 'Asia/Jakarta';
/** A long text of an event is not read here. */
const valueLengthMax = 120;

/** Who changed what. */
export function auditLogPage(addPage: AddPage): void {
  addPage('/desk/log', showLog);
}

async function showLog(desk: Desk): Promise<View> {
  const { language, slug } = desk;
  const words = toolWords[language];
  const cursor = desk.query('cursor');
  const { data, nextCursor } = await desk.api.get('/v1/organizers/:slug/audit-log', {
    param: { slug },
    query: cursor === undefined ? {} : { cursor },
  });
  return {
    title: words.log,
    section: 'log',
    body: html`<p class="lead">${words.logLead}</p>${
      data.length === 0
        ? html`<p>${words.noLog}</p>`
        : table({
            caption: words.log,
            rows: data,
            columns: [
              { label: words.at, cell: ({ at }) => formatDateTime(at, deskTimeZone, language, 'medium') },
              { label: words.who, cell: ({ actor }) => actor.name ?? actor.kind },
              { label: words.what, cell: ({ act }) => act.replace('.', ': ').replaceAll('_', ' ') },
              { label: words.subject, cell: ({ subjectId }) => subjectLink(subjectId) },
              { label: words.changes, cell: ({ changes }) => changeList(changes) },
            ],
          })
    }${paging(desk, nextCursor)}`,
  };
}

function subjectLink(id: string) {
  if (id.startsWith('ord_')) return html`<a href="/desk/orders/${id}">${id.slice(-10, -5)}-${id.slice(-5)}</a>`;
  if (id.startsWith('evt_')) return html`<a href="/desk/events/${id}">${id}</a>`;
  return html`<span class="muted small">${id}</span>`;
}

/** Each field with its value, or with the value before and after. */
function changeList(changes: Readonly<Record<string, unknown>>) {
  const entries = Object.entries(changes);
  if (entries.length === 0) return '–';
  return html`<ul class="changes">${entries.map(([field, value]) => html`<li><span class="muted">${field}</span> ${valueText(value)}</li>`)}</ul>`;
}

function valueText(value: unknown): string {
  if (isChange(value)) return `${partText(value.from)} → ${partText(value.to)}`;
  return partText(value);
}

function isChange(value: unknown): value is { readonly from: unknown; readonly to: unknown } {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value;
}

function partText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > valueLengthMax ? `${text.slice(0, valueLengthMax)}…` : text;
}
