import { html } from 'hono/html';
import { formatCount, formatMoney } from '../../../../platform/text/format-money.ts';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { promoWords } from '../../../i18n/words/desk/tickets/promo-codes.ts';
import { statusWords } from '../../../i18n/words/desk/statuses.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import type { EventOfDesk } from '../events/editor/event-form.ts';
import { eventParam, eventView, ownEvent } from '../events/own-event.ts';
import type { Form } from '../forms.ts';
import { fieldGroup, hiddenField, numberField, selectField, textField, timeField } from '../parts/fields.ts';
import { deskForm, rowForm } from '../parts/form.ts';
import { chip, panel } from '../parts/pieces.ts';
import { pageQuery, paging, table } from '../parts/table.ts';

type PromoCode = Data<'/v1/organizers/:slug/events/:eventId/promo-codes'>['data'][number];

const codesPerPage = 50;

/** Promo codes of an event: list with discounts and redemptions, and create. */
export function promoCodePages(addPage: AddPage): void {
  addPage('/desk/events/:eventId/promo-codes', showPromoCodes, { add: addPromoCode, switch: switchPromoCode });
}

async function showPromoCodes(desk: Desk): Promise<View> {
  const words = promoWords[desk.language];
  const [event, codes] = await Promise.all([
    ownEvent(desk),
    desk.api.get('/v1/organizers/:slug/events/:eventId/promo-codes', {
      param: eventParam(desk),
      query: { limit: codesPerPage, ...pageQuery(desk) },
    }),
  ]);
  const form = desk.form('add');
  return {
    title: words.title,
    ...eventView(event),
    eventSection: 'promoCodes',
    body: html`${codes.data.length === 0 ? html`<p class="lead">${words.none}</p>` : codeTable(desk, event, codes.data)}
${paging(desk, codes.nextCursor)}${panel(words.add, deskForm(desk, { form, body: codeFields(desk, form, event), submit: words.add }))}`,
  };
}

function codeTable(desk: Desk, event: EventOfDesk, codes: readonly PromoCode[]): Html {
  const { language } = desk;
  const words = promoWords[language];
  const off = ({ kind, value }: PromoCode) =>
    kind === 'percent' ? `${value} %` : formatMoney({ amount: value, currency: event.currency }, language);
  const time = (at: string | null) => (at === null ? '…' : formatDateTime(at, event.timeZone, language, 'medium'));
  const used = ({ redemptions, redemptionsMax }: PromoCode) =>
    redemptionsMax === null
      ? formatCount(redemptions, language)
      : `${formatCount(redemptions, language)} / ${formatCount(redemptionsMax, language)}`;
  return table({
    caption: words.title,
    rows: codes,
    columns: [
      { label: words.code, cell: ({ code }) => html`<span class="mono">${code}</span>` },
      { label: words.off, cell: off, isNumber: true },
      { label: words.used, cell: used, isNumber: true },
      {
        label: words.valid,
        cell: ({ validFrom, validUntil }) =>
          validFrom === null && validUntil === null ? words.always : `${time(validFrom)} – ${time(validUntil)}`,
      },
      {
        label: words.state,
        cell: ({ status }) => chip(statusWords[language][status] ?? status, status === 'active' ? 'good' : 'plain'),
      },
      {
        label: '',
        cell: ({ id, code, status }) =>
          rowForm(desk, {
            act: 'switch',
            idField: 'promoCodeId',
            id,
            more: hiddenField('status', status === 'active' ? 'closed' : 'active'),
            submit: status === 'active' ? words.close(code) : words.open(code),
          }),
      },
    ],
  });
}

function codeFields({ language }: Desk, form: Form, { timeZone, currency }: EventOfDesk): readonly Html[] {
  const words = promoWords[language];
  return [
    fieldGroup(words.discount, [
      textField(form, language, {
        name: 'code',
        label: words.code,
        hint: words.codeHint,
        maxlength: 32,
        autocomplete: 'off',
        isOptional: true,
      }),
      selectField(form, language, {
        name: 'kind',
        label: words.kind,
        options: [
          { value: 'percent', label: words.percent },
          { value: 'amount', label: words.amount(currency) },
        ],
      }),
      textField(form, language, { name: 'value', label: words.value, inputmode: 'decimal', className: 'short' }),
      numberField(form, language, { name: 'redemptionsMax', label: words.max, isOptional: true }),
    ]),
    fieldGroup(words.valid, [
      timeField(form, language, { name: 'validFrom', label: words.from, timeZone, isOptional: true }),
      timeField(form, language, { name: 'validUntil', label: words.until, timeZone, isOptional: true }),
    ]),
  ];
}

const addPromoCode: Act = async (desk, values) => {
  const { timeZone, currency } = await ownEvent(desk);
  const kind = values.text('kind') === 'amount' ? ('amount' as const) : ('percent' as const);
  const code = values.optional('code');
  const timeOf = (name: string) => (values.text(name) === '' ? undefined : values.time(name, timeZone));
  const [validFrom, validUntil] = [timeOf('validFrom'), timeOf('validUntil')];
  await desk.api.post('/v1/organizers/:slug/events/:eventId/promo-codes', {
    param: eventParam(desk),
    json: {
      kind,
      value: kind === 'amount' ? values.money('value', currency).amount : values.number('value'),
      ...(code === undefined ? {} : { code }),
      ...(values.text('redemptionsMax') === '' ? {} : { redemptionsMax: values.number('redemptionsMax') }),
      ...(validFrom === undefined ? {} : { validFrom }),
      ...(validUntil === undefined ? {} : { validUntil }),
    },
  });
  return done(desk.path, 'saved');
};

const switchPromoCode: Act = async (desk, values) => {
  await desk.api.patch('/v1/organizers/:slug/events/:eventId/promo-codes/:promoCodeId', {
    param: { ...eventParam(desk), promoCodeId: values.text('promoCodeId') },
    json: { status: values.text('status') === 'active' ? 'active' : 'closed' },
  });
  return done(desk.path, 'saved');
};
