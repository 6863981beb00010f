import { html } from 'hono/html';
import { type SwitchName, operatorWords } from '../../i18n/words/operator.ts';
import { hiddenField, selectField, textField, timeField } from '../desk/parts/fields.ts';
import { openForm } from '../desk/parts/form.ts';
import { chip, panel, withCode } from '../desk/parts/pieces.ts';
import { table } from '../desk/parts/table.ts';
import type { Html } from '../layout.ts';
import { type Operator, type OperatorAct, type OperatorView, done, timeText } from './page.ts';

type Switch = {
  readonly name: SwitchName;
  readonly scopes: readonly ('event' | 'all')[];
  readonly turned: readonly {
    readonly on: boolean;
    readonly event: string | null;
    readonly until: string | null;
    readonly reason: string;
    readonly by: string;
    readonly at: string;
  }[];
};
type Turned = Switch['turned'][number] & Pick<Switch, 'name'>;

/** The active switches with scope, person and reason, and the form that turns a switch. */
export async function showSwitches(operator: Operator): Promise<OperatorView> {
  const words = operatorWords[operator.language];
  const { data } = await operator.call<{ data: Switch[] }>('GET', '/switches');
  const turned = data.flatMap(({ name, turned: rows }) => rows.map((row) => ({ ...row, name })));
  return {
    title: words.switches,
    body: html`<p class="lead">${words.switchesLead}</p>${turned.length === 0 ? html`<p class="nothing">${words.noneTurned}</p>` : turnedTable(operator, turned)}
${panel(words.turn, turnForm(operator, data), 'turn')}
${table({
  caption: words.meanings,
  rows: data,
  columns: [
    { label: words.name, cell: ({ name }) => withCode(words.switchNames[name], name) },
    { label: words.scope, cell: ({ scopes }) => scopes.map((scope) => words.scopes[scope]).join(', ') },
    { label: words.means, cell: ({ name }) => words.meaning[name] },
  ],
})}`,
  };
}

function turnedTable(operator: Operator, turned: readonly Turned[]): Html {
  const words = operatorWords[operator.language];
  const onOff = ({ on }: Turned) => chip(on ? words.on : words.off, on ? 'warn' : 'plain');
  return table({
    caption: words.switches,
    rows: turned,
    columns: [
      { label: words.name, cell: ({ name }) => withCode(words.switchNames[name], name) },
      { label: words.state, cell: onOff },
      { label: words.event, cell: ({ event }) => event ?? words.allEvents },
      { label: words.until, cell: ({ until }) => (until === null ? '–' : timeText(until, operator.language)) },
      { label: words.reason, cell: ({ reason }) => reason },
      { label: words.by, cell: ({ by, at }) => `${by}, ${timeText(at, operator.language)}` },
      { label: '', cell: (one) => changeLink(operator, one) },
    ],
  });
}

/** Leads to the form with this switch chosen, and the other way. */
function changeLink({ language, path }: Operator, { name, on, event }: Turned): Html {
  const words = operatorWords[language];
  const query = new URLSearchParams({
    lang: language,
    name,
    on: on ? 'off' : 'on',
    ...(event === null ? {} : { event }),
  });
  return html`<a href="${path}?${query.toString()}#turn">${on ? words.turnOff : words.turnOn}</a>`;
}

function turnForm(operator: Operator, data: readonly Switch[]): Html {
  const { language, path } = operator;
  const words = operatorWords[language];
  const form = operator.form('turn');
  const body = [
    selectField(form, language, {
      name: 'name',
      label: words.name,
      value: operator.query('name'),
      options: data.map(({ name }) => ({ value: name, label: `${words.switchNames[name]} (${name})` })),
    }),
    selectField(form, language, {
      name: 'on',
      label: words.state,
      value: operator.query('on'),
      options: [
        { value: 'on', label: words.on },
        { value: 'off', label: words.off },
      ],
    }),
    textField(form, language, {
      name: 'event',
      label: words.event,
      hint: words.eventHint,
      value: operator.query('event'),
      maxlength: 80,
      isOptional: true,
    }),
    timeField(form, language, {
      name: 'until',
      label: words.untilUtc,
      hint: words.untilHint,
      timeZone: 'UTC',
      isOptional: true,
    }),
    textField(form, language, { name: 'reason', label: words.reason, maxlength: 300 }),
    textField(form, language, { name: 'by', label: words.yourName, maxlength: 80 }),
    hiddenField('lang', language),
  ];
  return openForm({ form, language, path: `${path}?lang=${language}`, body, submit: words.turn });
}

export const turn: OperatorAct = async (operator, values) => {
  const event = values.optional('event');
  const until = values.optional('until') === undefined ? undefined : values.time('until', 'UTC');
  await operator.call('PUT', `/switches/${encodeURIComponent(values.text('name'))}`, {
    on: values.text('on') === 'on',
    reason: values.text('reason'),
    by: values.text('by'),
    ...(event === undefined ? {} : { event }),
    ...(until === undefined ? {} : { until }),
  });
  return done('/operator', 'turned', operator.language);
};
