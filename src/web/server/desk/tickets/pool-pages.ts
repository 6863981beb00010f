import { html } from 'hono/html';
import { AntreProblem } from '../../../../client/problem.ts';
import { formatCount, formatMoney } from '../../../../platform/text/format-money.ts';
import { ticketWords } from '../../../i18n/words/desk/tickets/tickets.ts';
import type { Html } from '../../layout.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { changedOnly } from '../forms.ts';
import { eventParam, eventPath, eventView, ownEvent } from '../events/own-event.ts';
import { hiddenField, numberField, textField } from '../parts/fields.ts';
import { askForm, deskForm } from '../parts/form.ts';
import { notice, panel } from '../parts/pieces.ts';
import { table } from '../parts/table.ts';
import { type Category, type Pool, ticketsOf } from './tickets.ts';

/** Adds a pool, or changes its capacity after a preview of the effects. */
export function poolPages(addPage: AddPage): void {
  addPage('/desk/events/:eventId/tickets/pools/new', showNewPool, { save: createPool });
  addPage('/desk/events/:eventId/tickets/pools/:poolId', showPool, { save: changePool });
}

async function showNewPool(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = ticketWords[language];
  const event = await ownEvent(desk);
  const form = desk.form('save');
  const body = [
    textField(form, language, { name: 'name', label: words.poolName, hint: words.poolNameHint, maxlength: 100 }),
    numberField(form, language, { name: 'capacity', label: words.capacity }),
    numberField(form, language, { name: 'blocked', label: words.blocked, hint: words.blockedHint, value: 0 }),
  ];
  return {
    title: words.newPool,
    ...eventView(event),
    eventSection: 'tickets',
    body: deskForm(desk, { form, body, submit: words.add, cancelPath: eventPath(desk, '/tickets') }),
  };
}

const createPool: Act = async (desk, values) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/pools', {
    param: eventParam(desk),
    json: { name: values.text('name'), capacity: values.number('capacity'), blocked: values.number('blocked') },
  });
  return done(eventPath(desk, '/tickets'), 'poolAdded');
};

async function showPool(desk: Desk): Promise<View> {
  const words = ticketWords[desk.language];
  const [event, { pools, categories }] = await Promise.all([ownEvent(desk), ticketsOf(desk)]);
  const pool = pools.find(({ id }) => id === desk.param('poolId'));
  if (pool === undefined) throw new AntreProblem({ code: 'pool.not_found' }, 404);
  const own = categories.filter(({ poolId }) => poolId === pool.id);
  return {
    title: pool.name,
    ...eventView(event),
    eventSection: 'tickets',
    body: html`${whatIf(desk, pool, own, words)}`,
  };
}

type Words = (typeof ticketWords)['id'];

/** Works without script: a GET form previews the effects, and only the button below the preview changes anything. */
function whatIf(desk: Desk, pool: Pool, categories: readonly Category[], words: Words): Html {
  const { language } = desk;
  const form = desk.form('save');
  const given = (name: 'capacity' | 'blocked') => {
    const text = form.values?.text(name) ?? desk.query(name);
    return text !== undefined && /^\d{1,8}$/.test(text) ? Number(text) : undefined;
  };
  const then = { capacity: given('capacity') ?? pool.capacity, blocked: given('blocked') ?? pool.blocked };
  const isAsked = then.capacity !== pool.capacity || then.blocked !== pool.blocked || form.refusal !== undefined;
  const fields = [
    numberField(form, language, { name: 'capacity', label: words.capacity, value: then.capacity }),
    numberField(form, language, {
      name: 'blocked',
      label: words.blocked,
      hint: words.blockedHint,
      value: then.blocked,
    }),
  ];
  // The button changes what differs from the pool, not from the numbers that were asked.
  form.shown.set('capacity', String(pool.capacity)).set('blocked', String(pool.blocked));
  return html`${panel(words.whatIf, html`<p>${words.whatIfText}</p>${askForm(desk, { form: desk.form('ask'), body: fields, submit: words.look })}`)}
${isAsked ? panel(words.after, html`${comparison(pool, then, categories, desk)}${deskForm(desk, { form, body: [hiddenField('capacity', then.capacity), hiddenField('blocked', then.blocked)], submit: words.change, isChange: true, cancelPath: desk.path })}`) : panel(words.now, comparison(pool, then, categories, desk))}`;
}

function comparison(
  pool: Pool,
  then: { readonly capacity: number; readonly blocked: number },
  categories: readonly Category[],
  { language }: Desk,
): Html {
  const words = ticketWords[language];
  const left = then.capacity - then.blocked - pool.sold - pool.held;
  const rows = [
    [words.capacity, pool.capacity, then.capacity],
    [words.blocked, pool.blocked, then.blocked],
    [words.sold, pool.sold, pool.sold],
    [words.held, pool.held, pool.held],
    [words.available, pool.available, Math.max(left, 0)],
  ] as const;
  const prices = categories.map(({ price }) => price);
  const [currency] = prices.map((price) => price.currency);
  const amounts = prices.map(({ amount }) => amount * Math.max(left, 0));
  const money = (amount: number) => formatMoney({ amount, currency: currency ?? 'IDR' }, language);
  const bounds = [...new Set([Math.min(...amounts), Math.max(...amounts)])].map(money).join(' – ');
  return html`${left < 0 ? notice(words.tooSmall(formatCount(pool.sold + pool.held + then.blocked, language)), 'bad') : ''}
${table({
  caption: words.whatIf,
  rows,
  columns: [
    { label: words.places, cell: ([label]) => label },
    { label: words.now, cell: ([, before]) => formatCount(before, language), isNumber: true },
    { label: words.after, cell: ([, , after]) => formatCount(after, language), isNumber: true },
  ],
})}${currency === undefined ? '' : html`<p>${words.stillToEarn} <strong>${bounds}</strong></p>`}`;
}

const changePool: Act = async (desk, values) => {
  await desk.api.patch('/v1/organizers/:slug/events/:eventId/pools/:poolId', {
    param: { ...eventParam(desk), poolId: desk.param('poolId') },
    json: changedOnly(values, { capacity: values.number('capacity'), blocked: values.number('blocked') }),
  });
  return done(eventPath(desk, '/tickets'), 'saved');
};
