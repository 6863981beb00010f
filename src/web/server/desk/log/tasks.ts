import { html } from 'hono/html';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import type { Language } from '../../../i18n/language.ts';
import { toolWords } from '../../../i18n/words/desk/tools.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { rowForm } from '../parts/form.ts';
import { paging, table } from '../parts/table.ts';

const deskTimeZone = 'Asia/Jakarta';

/** Tasks: work that only a person can do. */
export function taskPage(addPage: AddPage): void {
  addPage('/desk/tasks', showTasks, { done: resolve('done'), refund: resolve('refund') });
}

async function showTasks(desk: Desk): Promise<View> {
  const { language, slug } = desk;
  const words = toolWords[language];
  const status = desk.query('status') === 'resolved' ? 'resolved' : 'open';
  const cursor = desk.query('cursor');
  const { data, nextCursor } = await desk.api.get('/v1/organizers/:slug/tasks', {
    param: { slug },
    query: { status, ...(cursor === undefined ? {} : { cursor }) },
  });
  return {
    title: words.tasks,
    section: 'tasks',
    body: html`<p class="lead">${words.tasksLead}</p>
<nav aria-label="${words.tasks}"><ul class="filter"><li><a href="/desk/tasks"${status === 'open' ? html` aria-current="true"` : ''}>${words.openOnes}</a></li><li><a href="/desk/tasks?status=resolved"${status === 'resolved' ? html` aria-current="true"` : ''}>${words.resolvedOnes}</a></li></ul></nav>
${
  data.length === 0
    ? html`<p>${words.noTasks}</p>`
    : table({
        caption: words.tasks,
        rows: data,
        columns: [
          { label: words.task, cell: ({ kind }) => taskText(kind, language) },
          {
            label: words.order,
            cell: ({ orderId }) =>
              orderId === ''
                ? '–'
                : html`<a href="/desk/orders/${orderId}">${orderId.slice(-10, -5)}-${orderId.slice(-5)}</a>`,
          },
          { label: words.since, cell: ({ createdAt }) => formatDateTime(createdAt, deskTimeZone, language, 'medium') },
          {
            label: words.action,
            cell: ({ id, kind, resolvedAt }) =>
              resolvedAt === null
                ? html`${rowForm(desk, { act: 'done', idField: 'taskId', id, submit: words.done })}${kind === 'money_taken' ? rowForm(desk, { act: 'refund', idField: 'taskId', id, submit: words.giveBack }) : ''}`
                : formatDateTime(resolvedAt, deskTimeZone, language, 'medium'),
          },
        ],
      })
}${paging(desk, nextCursor, { status: status === 'open' ? undefined : status })}`,
  };
}

/** A kind that has no translation yet is shown by its code. */
function taskText(kind: string, language: Language): string {
  const kinds: Readonly<Record<string, string>> = toolWords[language].taskKinds;
  return kinds[kind] ?? kind.replaceAll('_', ' ');
}

function resolve(action: 'done' | 'refund'): Act {
  return async (desk, values) => {
    await desk.api.post('/v1/organizers/:slug/tasks/:taskId/resolution', {
      param: { slug: desk.slug, taskId: values.text('taskId') },
      json: { action },
    });
    return done('/desk/tasks', action === 'refund' ? 'refunded' : 'taskDone');
  };
}
