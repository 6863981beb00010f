import { html } from 'hono/html';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { type Currency, currencies, currencyDefault } from '../../../../platform/text/money.ts';
import type { Language } from '../../../i18n/language.ts';
import { toolWords } from '../../../i18n/words/desk/tools.ts';
import type { Html } from '../../layout.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { hiddenField, moneyField } from '../parts/fields.ts';
import { deskForm, rowForm } from '../parts/form.ts';
import { linkButton } from '../parts/pieces.ts';
import { paging, table } from '../parts/table.ts';

const deskTimeZone = 'Asia/Jakarta';

/** Tasks: work that only a person can do. */
export function taskPage(addPage: AddPage): void {
  addPage('/desk/tasks', showTasks, { done: resolve('done'), refund: resolve('refund') });
  addPage('/desk/tasks/:taskId/loss', showLoss, { save: bookLoss });
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
            cell: (task) =>
              task.resolvedAt === null
                ? actions(desk, task)
                : formatDateTime(task.resolvedAt, deskTimeZone, language, 'medium'),
          },
        ],
      })
}${paging(desk, nextCursor, { status: status === 'open' ? undefined : status })}`,
  };
}

function actions(
  desk: Desk,
  { id, kind, detail }: { id: string; kind: string; detail: Readonly<Record<string, string | number>> },
): Html {
  const words = toolWords[desk.language];
  // It is done by naming the amount.
  if (kind === 'partial_chargeback')
    return linkButton(`/desk/tasks/${id}/loss?currency=${detail['currency']}`, words.bookLoss, true);
  return html`${rowForm(desk, { act: 'done', idField: 'taskId', id, submit: words.done })}${kind === 'money_taken' ? rowForm(desk, { act: 'refund', idField: 'taskId', id, submit: words.giveBack }) : ''}`;
}

/** Asks how much of a payment a bank has taken back, which the gateway tells people alone. */
function showLoss(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = toolWords[language];
  const form = desk.form('save');
  const currency = currencyOf(form.values?.text('currency') ?? desk.query('currency'));
  return Promise.resolve({
    title: words.taskKinds.partial_chargeback,
    section: 'tasks',
    body: deskForm(desk, {
      form,
      body: html`${hiddenField('currency', currency)}${moneyField(form, language, { name: 'amount', label: words.bankTook, hint: words.bankTookHint, currency })}`,
      submit: words.bookLoss,
      cancelPath: '/desk/tasks',
    }),
  });
}

function currencyOf(text: string | undefined): Currency {
  return currencies.find((one) => one === text) ?? currencyDefault;
}

const bookLoss: Act = async (desk, values) => {
  await desk.api.post('/v1/organizers/:slug/tasks/:taskId/resolution', {
    param: { slug: desk.slug, taskId: desk.param('taskId') },
    json: { action: 'done', amount: values.money('amount', currencyOf(values.text('currency'))).amount },
  });
  return done('/desk/tasks', 'taskDone');
};

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
