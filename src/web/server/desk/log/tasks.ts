import { html } from 'hono/html';
import { askWords } from '../../../i18n/words/desk/asks.ts';
import { AntreProblem } from '../../../../client/problem.ts';
import { orderCode } from '../../../../platform/ids.ts';
import { formatMoney } from '../../../../platform/text/format-money.ts';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { type Currency, currencies, currencyDefault } from '../../../../platform/text/money.ts';
import { homeTimeZone } from '../../../../platform/text/home.ts';
import { withoutUndefined } from '../../../../platform/without-undefined.ts';
import type { Language } from '../../../i18n/language.ts';
import { toolWords } from '../../../i18n/words/desk/tools.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { hiddenField, moneyField } from '../parts/fields.ts';
import { deskForm, rowForm } from '../parts/form.ts';
import { isLimited } from '../nav.ts';
import { filterLinks, linkButton, notice, panel } from '../parts/pieces.ts';
import { pageQuery, paging, table } from '../parts/table.ts';

/** Tasks: work that only a person can do. */
export function taskPage(addPage: AddPage): void {
  addPage('/desk/tasks', showTasks, { done: resolve('done'), refund: resolve('refund'), together: resolveChosen });
  addPage('/desk/tasks/:taskId/loss', showLoss, { save: bookLoss });
}

type TaskOfDesk = Data<'/v1/organizers/:slug/tasks'>['data'][number];

const kindFiltered = 'refund_manual' as const;
/** The form that resolves the ticked tasks; their checkboxes are in the table. */
const togetherId = 'together';

/** The filters of the list, from the address, or from the form that was sent. */
function filterOf(desk: Desk) {
  const { values } = desk.form('together');
  const asked = (name: string) => values?.optional(name) ?? desk.query(name);
  return {
    status: asked('status') === 'resolved' ? ('resolved' as const) : undefined,
    eventId: asked('eventId'),
    kind: asked('kind') === kindFiltered ? kindFiltered : undefined,
  };
}

/** Says on another page that tasks wait for a person. Nothing for a member who sees none. @param eventId only those of one event */
export async function tasksNotice(desk: Desk, eventId?: string): Promise<Html> {
  if (isLimited(desk.member)) return html``;
  const words = toolWords[desk.language];
  const query = { limit: 1, ...withoutUndefined({ eventId }) };
  const { data } = await desk.api.get('/v1/organizers/:slug/tasks', { param: { slug: desk.slug }, query });
  if (data.length === 0) return html``;
  return notice(html`${words.tasksWait} <a href="${pathOf({ eventId })}">${words.tasks}</a>`, 'warn');
}

async function showTasks(desk: Desk): Promise<View> {
  const { language, slug } = desk;
  const words = toolWords[language];
  const filter = filterOf(desk);
  const isOpen = filter.status === undefined;
  const cursor = desk.query('cursor');
  const { data, nextCursor } = await desk.api.get('/v1/organizers/:slug/tasks', {
    param: { slug },
    query: { ...withoutUndefined(filter), ...pageQuery(desk) },
  });
  return {
    title: words.tasks,
    section: 'tasks',
    body: html`<p class="lead">${words.tasksLead}</p>
${filterLinks(words.tasks, [
  { path: pathOf({ ...filter, status: undefined }), label: words.openOnes, isCurrent: isOpen },
  { path: pathOf({ ...filter, status: 'resolved' }), label: words.resolvedOnes, isCurrent: !isOpen },
  {
    path: pathOf({ ...filter, kind: filter.kind === undefined ? kindFiltered : undefined }),
    label: words.refundsOnly,
    isCurrent: filter.kind !== undefined,
  },
])}
${filter.eventId === undefined ? '' : html`<p>${words.ofEvent} <a href="${pathOf({ ...filter, eventId: undefined })}">${words.ofAllEvents}</a></p>`}
${data.length === 0 ? html`<p class="nothing">${words.noTasks}</p>` : html`${taskTable(desk, data)}${data.some(isChoosable) ? togetherPart(desk, filter, cursor) : ''}`}${paging(desk, nextCursor, filter)}`,
  };
}

function pathOf(query: Readonly<Record<string, string | undefined>>): string {
  const given = new URLSearchParams(withoutUndefined(query) as Record<string, string>).toString();
  return given === '' ? '/desk/tasks' : `/desk/tasks?${given}`;
}

/** Not a task that needs an amount of its own. */
const isChoosable = ({ kind, resolvedAt }: TaskOfDesk) => resolvedAt === null && kind !== 'partial_chargeback';

function taskTable(desk: Desk, rows: readonly TaskOfDesk[]): Html {
  const { language } = desk;
  const words = toolWords[language];
  const isChosen = desk.query('choose') === 'all';
  return table({
    caption: words.tasks,
    rows,
    columns: [
      { label: words.task, cell: ({ kind }) => taskText(kind, language) },
      {
        label: words.order,
        cell: ({ orderId }) =>
          orderId === '' ? '–' : html`<a href="/desk/orders/${orderId}">${orderCode(orderId)}</a>`,
      },
      { label: words.amount, cell: ({ detail }) => amountText(detail, language), isNumber: true },
      { label: words.since, cell: ({ createdAt }) => formatDateTime(createdAt, homeTimeZone, language, 'medium') },
      {
        label: words.action,
        cell: (task) =>
          task.resolvedAt === null
            ? actions(desk, task)
            : formatDateTime(task.resolvedAt, homeTimeZone, language, 'medium'),
      },
      ...(rows.some(isChoosable)
        ? [
            {
              label: words.choose,
              cell: (task: TaskOfDesk) =>
                isChoosable(task)
                  ? html`<label class="agree"><input type="checkbox" form="${togetherId}" name="taskIds" value="${task.id}"${isChosen ? html` checked` : ''}><span class="visually-hidden">${words.choose} ${orderCode(task.orderId)}</span></label>`
                  : '',
            },
          ]
        : []),
    ],
  });
}

function amountText({ amount, currency }: TaskOfDesk['detail'], language: Language): string {
  if (typeof amount !== 'number' || typeof currency !== 'string') return '–';
  return formatMoney({ amount, currency }, language);
}

/** Resolves the ticked tasks in one go. "Choose all" is a link, because the page works without script. */
function togetherPart(desk: Desk, filter: ReturnType<typeof filterOf>, cursor: string | undefined): Html {
  const words = toolWords[desk.language];
  const isChosen = desk.query('choose') === 'all';
  const kept = { ...filter, cursor };
  const choose = linkButton(
    pathOf({ ...kept, choose: isChosen ? undefined : 'all' }),
    isChosen ? words.chooseNone : words.chooseAll,
    true,
  );
  return panel(
    words.doneTogether,
    html`<p>${words.doneTogetherHint}</p><p class="page-actions">${choose}</p>${deskForm(desk, {
      id: togetherId,
      form: desk.form('together'),
      body: html`${Object.entries(withoutUndefined(filter)).map(([name, value]) => hiddenField(name, value))}`,
      submit: words.doneTogether,
    })}`,
  );
}

const resolveChosen: Act = async (desk, values) => {
  const { data } = await desk.api.post('/v1/organizers/:slug/tasks/resolutions', {
    param: { slug: desk.slug },
    json: { taskIds: [...values.all('taskIds')] },
  });
  const isLeft = data.some(({ refusal }) => refusal !== null && refusal !== 'task.resolved');
  const back = pathOf({ eventId: values.optional('eventId'), kind: values.optional('kind') });
  return done(back, isLeft ? 'tasksPartlyDone' : 'tasksDone');
};

function actions(desk: Desk, { id, kind, detail }: TaskOfDesk): Html {
  const words = toolWords[desk.language];
  const asks = askWords[desk.language];
  // It is done by naming the amount.
  if (kind === 'partial_chargeback') return linkButton(`/desk/tasks/${id}/loss`, words.bookLoss, true);
  const row = { idField: 'taskId', id };
  const giveBack =
    kind === 'money_taken'
      ? rowForm(desk, {
          ...row,
          act: 'refund',
          submit: words.giveBack,
          asks: asks.taskRefund(amountText(detail, desk.language)),
        })
      : '';
  return html`${rowForm(desk, { ...row, act: 'done', submit: words.done, asks: asks.taskDone })}${giveBack}`;
}

const taskParam = (desk: Desk) => ({ slug: desk.slug, taskId: desk.param('taskId') });

/** Asks how much of a payment a bank has taken back, which the gateway tells people alone. */
async function showLoss(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = toolWords[language];
  const form = desk.form('save');
  const currency = await currencyOfLoss(desk);
  return {
    title: words.taskKinds.partial_chargeback,
    section: 'tasks',
    body: deskForm(desk, {
      form,
      body: moneyField(form, language, { name: 'amount', label: words.bankTook, hint: words.bankTookHint, currency }),
      submit: words.bookLoss,
      cancelPath: '/desk/tasks',
    }),
  };
}

/** @throws AntreProblem for a task that asks for no amount, or no longer */
async function currencyOfLoss(desk: Desk): Promise<Currency> {
  const { kind, detail, resolvedAt } = await desk.api.get('/v1/organizers/:slug/tasks/:taskId', {
    param: taskParam(desk),
  });
  if (kind !== 'partial_chargeback' || resolvedAt !== null) throw new AntreProblem({ code: 'task.not_found' }, 404);
  return currencies.find((one) => one === detail['currency']) ?? currencyDefault;
}

const bookLoss: Act = async (desk, values) => {
  await desk.api.post('/v1/organizers/:slug/tasks/:taskId/resolution', {
    param: taskParam(desk),
    json: { action: 'done', amount: values.money('amount', await currencyOfLoss(desk)).amount },
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
