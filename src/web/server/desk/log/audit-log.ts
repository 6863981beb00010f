import { html } from 'hono/html';
import { DateTime } from 'luxon';
import { isProblem } from '../../../../client/problem.ts';
import { idPatterns, orderIdOf } from '../../../../platform/ids.ts';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { actNouns, actText } from '../../../i18n/words/desk/acts.ts';
import { logWords } from '../../../i18n/words/desk/log.ts';
import { refusalText } from '../../../i18n/words/desk/refusals.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import type { AddPage, Desk, View } from '../desk.ts';
import { type Form, emptyForm, formValues } from '../forms.ts';
import { type Option, selectField, textField } from '../parts/fields.ts';
import { askForm } from '../parts/form.ts';
import { linkButton } from '../parts/pieces.ts';
import { paging, table } from '../parts/table.ts';
import { changeList, idText } from './change-list.ts';
import { withoutUndefined } from '../../../../platform/without-undefined.ts';
import { homeTimeZone } from '../../../../platform/text/home.ts';

/** The API's page limit. Members beyond it are missing from the filter, but their entries are listed. */
const membersMax = 200;
const actorKinds = ['api_key', 'device', 'operator', 'system'] as const;

type Filter = Readonly<Record<'actorId' | 'act' | 'subjectId' | 'from' | 'to', string | undefined>>;
type Log = Data<'/v1/organizers/:slug/audit-log'>;
type Entry = Log['data'][number];

/** The audit log with its filter. */
export function auditLogPage(addPage: AddPage): void {
  addPage('/desk/log', showLog);
}

async function showLog(desk: Desk): Promise<View> {
  const words = logWords[desk.language];
  const filter = filterOf(desk);
  const members = await desk.api.get('/v1/organizers/:slug/staff', {
    param: { slug: desk.slug },
    query: { limit: membersMax },
  });
  const people = members.data.map(({ id, name }) => ({ value: id, label: name }));
  const { log, form } = await readLog(desk, filter);
  return {
    title: words.log,
    section: 'log',
    body: html`<p class="lead">${words.logLead}</p>${filterForm(desk, form, filter, people)}${log === undefined ? '' : logTable(desk, log, filter)}`,
  };
}

function filterOf(desk: Desk): Filter {
  const asked = (name: string) => desk.query(name)?.trim() || undefined;
  return {
    actorId: asked('actorId'),
    act: asked('act'),
    subjectId: asked('subjectId'),
    from: asked('from'),
    to: asked('to'),
  };
}

/** Reads one page of the log. If the API refuses the filter, there is no page and the form carries the faults. */
async function readLog(desk: Desk, filter: Filter): Promise<{ readonly log?: Log; readonly form: Form }> {
  const form = { ...emptyForm('filter'), values: formValues(new URLSearchParams(withoutUndefined(filter))) };
  const kind = actorKinds.find((known) => known === filter.actorId);
  const cursor = desk.query('cursor');
  const query = {
    ...(kind === undefined ? withoutUndefined({ actorId: filter.actorId }) : { actorKind: kind }),
    ...withoutUndefined({ act: filter.act, subjectId: filter.subjectId, cursor }),
    ...withoutUndefined({ from: dayOf(filter.from, 0), to: dayOf(filter.to, 1) }),
  };
  try {
    const log = await desk.api.get('/v1/organizers/:slug/audit-log', { param: { slug: desk.slug }, query });
    return { log, form };
  } catch (error) {
    if (!isProblem(error, 'request.invalid')) throw error;
    return { form: { ...form, faults: error.errors, refusal: refusalText(error, desk.language) } };
  }
}

/** The start of the day, some days later. Text that is not a date is passed on, so that the API reports it. */
function dayOf(text: string | undefined, daysLater: number): string | undefined {
  if (text === undefined) return undefined;
  const day = DateTime.fromFormat(text, 'yyyy-MM-dd', { zone: homeTimeZone });
  return day.isValid ? (day.plus({ days: daysLater }).toUTC().toISO() ?? text) : text;
}

function filterForm(desk: Desk, form: Form, filter: Filter, people: readonly Option[]): Html {
  const { language } = desk;
  const words = logWords[language];
  const isOptional = 'silently';
  const actors = [...people, ...actorKinds.map((kind) => ({ value: kind, label: words.actors[kind] }))];
  const acts = Object.entries(actNouns[language])
    .map(([value, label]) => ({ value, label }))
    .sort((a, b) => a.label.localeCompare(b.label, language));
  const body = html`<div class="field-grid">${[
    selectField(form, language, {
      name: 'actorId',
      label: words.who,
      isOptional,
      options: [{ value: '', label: words.everybody }, ...withChosen(actors, filter.actorId)],
    }),
    selectField(form, language, {
      name: 'act',
      label: words.what,
      isOptional,
      options: [{ value: '', label: words.everything }, ...withChosen(acts, filter.act)],
    }),
    textField(form, language, { name: 'from', label: words.from, type: 'date', isOptional }),
    textField(form, language, { name: 'to', label: words.to, type: 'date', isOptional }),
    textField(form, language, {
      name: 'subjectId',
      label: words.subject,
      hint: words.subjectHint,
      maxlength: 120,
      className: 'full',
      isOptional,
    }),
  ]}</div>`;
  const isSet = Object.values(filter).some((value) => value !== undefined);
  const clear = isSet ? html`<p>${linkButton(desk.path, words.clear, true)}</p>` : '';
  return html`<details class="panel"${isSet ? html` open` : ''}><summary>${words.filter}</summary>${askForm(desk, { form, body, submit: words.filter })}${clear}</details>`;
}

/** Adds the chosen value if the list does not contain it, so that the select keeps showing it. */
function withChosen(options: readonly Option[], chosen: string | undefined): readonly Option[] {
  if (chosen === undefined || options.some(({ value }) => value === chosen)) return options;
  return [...options, { value: chosen, label: chosen }];
}

function logTable(desk: Desk, { data, nextCursor }: Log, filter: Filter): Html {
  const { language } = desk;
  const words = logWords[language];
  const isSet = Object.values(filter).some((value) => value !== undefined);
  if (data.length === 0) return html`<p class="nothing" role="status">${isSet ? words.noneFits : words.noLog}</p>`;
  return html`${table({
    caption: words.log,
    rows: data,
    columns: [
      { label: words.at, cell: ({ at }) => formatDateTime(at, homeTimeZone, language, 'medium') },
      { label: words.who, cell: ({ actor }) => actor.name ?? words.actors[actor.kind] },
      { label: words.what, cell: ({ act }) => actText(act, language) },
      { label: words.subject, cell: (entry) => subjectLinks(desk, entry, filter) },
      { label: words.changes, cell: (entry) => changeList(entry, language) },
    ],
  })}${paging(desk, nextCursor, filter)}`;
}

/** Links to the subject's page, if it has one, and to all of its entries. */
function subjectLinks(desk: Desk, entry: Entry, filter: Filter): Html {
  const words = logWords[desk.language];
  const { subjectId } = entry;
  const path = subjectPath(entry);
  const text = entry.names[subjectId] ?? idText(subjectId);
  // A bare id means nothing to people, so only the link to its entries is shown.
  const name = text === subjectId ? '' : text;
  const page = path === undefined ? html`${name}` : html`<a href="${path}">${text}</a>`;
  if (filter.subjectId === subjectId) return page;
  const all = new URLSearchParams(withoutUndefined({ ...filter, subjectId })).toString();
  return html`${page} <a class="small" href="${desk.path}?${all}">${words.onlyThis}</a>`;
}

/** Pages by id prefix. */
const pages: Readonly<Record<string, string>> = { evt: '/desk/events', stf: '/desk/team', whe: '/desk/webhooks' };
const eventPages: Readonly<Record<string, string>> = {
  cat: 'tickets/categories',
  pol: 'tickets/pools',
  gat: 'gates',
  zon: 'zones',
  sch: 'schedule',
  qst: 'questions',
};

/** A subject without a name no longer exists and has no page. Orders and tickets always have one. */
function subjectPath({ subjectId, names, changes }: Entry): string | undefined {
  const kind = subjectId.slice(0, 3);
  if (idPatterns.order.test(subjectId)) return `/desk/orders/${subjectId}`;
  if (idPatterns.ticket.test(subjectId)) return `/desk/orders/${orderIdOf(subjectId)}`;
  if (!Object.hasOwn(names, subjectId)) return undefined;
  if (pages[kind] !== undefined) return `${pages[kind]}/${subjectId}`;
  const { eventId } = changes;
  if (eventPages[kind] === undefined || typeof eventId !== 'string') return undefined;
  return `/desk/events/${eventId}/${eventPages[kind]}/${subjectId}`;
}
