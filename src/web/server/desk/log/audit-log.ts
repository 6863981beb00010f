import { html } from 'hono/html';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { toolWords } from '../../../i18n/words/desk/tools.ts';
import type { AddPage, Desk, View } from '../desk.ts';
import { paging, table } from '../parts/table.ts';

const deskTimeZone = 'Asia/Jakarta';

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
