import { html } from 'hono/html';
import { AntreProblem } from '../../../../client/problem.ts';
import { ticketWords } from '../../../i18n/words/desk/tickets/tickets.ts';
import type { Html } from '../../layout.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import type { EventOfDesk } from '../events/editor/event-form.ts';
import { eventParam, eventPath, eventView, ownEvent } from '../events/own-event.ts';
import { type Form, type FormValues, changedOnly } from '../forms.ts';
import {
  areaField,
  checkField,
  fieldGroup,
  moneyField,
  numberField,
  selectField,
  textField,
  timeField,
} from '../parts/fields.ts';
import { confirmStep, deskForm } from '../parts/form.ts';
import { linkButton } from '../parts/pieces.ts';
import { type Category, type Pool, ticketsOf } from './tickets.ts';

/** Adds, changes or deletes a ticket category. */
export function categoryPages(addPage: AddPage): void {
  const categories = '/desk/events/:eventId/tickets/categories';
  addPage(`${categories}/new`, showNewCategory, { save: createCategory });
  addPage(`${categories}/:categoryId`, showCategory, { save: changeCategory });
  addPage(`${categories}/:categoryId/delete`, showDeletion, { remove: deleteCategory });
}

const categoryParam = (desk: Desk) => ({ ...eventParam(desk), ticketCategoryId: desk.param('categoryId') });

async function showNewCategory(desk: Desk): Promise<View> {
  const words = ticketWords[desk.language];
  const [event, { pools }] = await Promise.all([ownEvent(desk), ticketsOf(desk)]);
  const form = desk.form('save');
  const body = categoryFields(desk, form, { event, pools });
  return {
    title: words.newCategory,
    ...eventView(event),
    eventSection: 'tickets',
    body: deskForm(desk, { form, body, submit: words.add, cancelPath: eventPath(desk, '/tickets') }),
  };
}

/** @throws AntreProblem for a category that this event does not have */
async function ownCategory(desk: Desk): Promise<{ event: EventOfDesk; pools: readonly Pool[]; category: Category }> {
  const [event, { pools, categories }] = await Promise.all([ownEvent(desk), ticketsOf(desk)]);
  const category = categories.find(({ id }) => id === desk.param('categoryId'));
  if (category === undefined) throw new AntreProblem({ code: 'ticket_category.not_found' }, 404);
  return { event, pools, category };
}

async function showCategory(desk: Desk): Promise<View> {
  const words = ticketWords[desk.language];
  const { event, pools, category } = await ownCategory(desk);
  const form = desk.form('save');
  const body = categoryFields(desk, form, { event, pools, category });
  return {
    title: category.name,
    ...eventView(event),
    eventSection: 'tickets',
    body: html`${deskForm(desk, { form, body, submit: words.change, isChange: true, cancelPath: eventPath(desk, '/tickets') })}
<p>${linkButton(`${desk.path}/delete`, words.deleteCategory, true)}</p>`,
  };
}

async function showDeletion(desk: Desk): Promise<View> {
  const words = ticketWords[desk.language];
  const { event, category } = await ownCategory(desk);
  return {
    title: words.deleteCategory,
    ...eventView(event),
    eventSection: 'tickets',
    body: confirmStep(desk, {
      act: 'remove',
      text: words.deletionText(category.name),
      button: words.deleteCategory,
      backPath: eventPath(desk, '/tickets'),
    }),
  };
}

type Of = { readonly event: EventOfDesk; readonly pools: readonly Pool[]; readonly category?: Category };

function categoryFields(desk: Desk, form: Form, { event, pools, category }: Of): readonly Html[] {
  const { language, now } = desk;
  const words = ticketWords[language];
  const { timeZone, currency } = event;
  return [
    fieldGroup(words.category, [
      textField(form, language, { name: 'name', label: words.name, value: category?.name, maxlength: 200 }),
      textField(form, language, {
        name: 'nameEn',
        label: words.nameEn,
        value: category?.nameEn ?? '',
        maxlength: 200,
        isOptional: true,
      }),
      moneyField(form, language, {
        name: 'price',
        label: words.price,
        hint: words.priceHint,
        value: category?.price,
        currency,
      }),
      selectField(form, language, {
        name: 'poolId',
        label: words.pool,
        value: category?.poolId,
        options: pools.map(({ id, name }) => ({ value: id, label: name })),
      }),
      numberField(form, language, { name: 'position', label: words.position, value: category?.position ?? 0 }),
    ]),
    fieldGroup(words.description, [
      areaField(form, language, {
        name: 'description',
        label: words.description,
        value: category?.description,
        maxlength: 20_000,
        rows: 3,
        isOptional: true,
      }),
      areaField(form, language, {
        name: 'descriptionEn',
        label: words.descriptionEn,
        value: category?.descriptionEn ?? '',
        maxlength: 20_000,
        rows: 3,
        isOptional: true,
      }),
    ]),
    fieldGroup(words.sale, [
      timeField(form, language, {
        name: 'saleOpensAt',
        label: words.opens,
        value: category?.saleOpensAt ?? now.toISOString(),
        timeZone,
      }),
      timeField(form, language, {
        name: 'saleClosesAt',
        label: words.closes,
        value: category?.saleClosesAt ?? event.startsAt,
        timeZone,
      }),
      checkField(form, {
        name: 'onSale',
        label: words.onSale,
        hint: words.onSaleHint,
        isChecked: category === undefined || category.status === 'on_sale',
      }),
    ]),
    ...limitFields(desk, form, event, category),
  ];
}

function limitFields(
  { language }: Desk,
  form: Form,
  { timeZone }: EventOfDesk,
  category: Category | undefined,
): readonly Html[] {
  const words = ticketWords[language];
  return [
    fieldGroup(words.limits, [
      numberField(form, language, { name: 'perOrderMin', label: words.perOrderMin, value: category?.perOrderMin ?? 1 }),
      numberField(form, language, { name: 'perOrderMax', label: words.perOrderMax, value: category?.perOrderMax ?? 6 }),
      numberField(form, language, {
        name: 'perBuyerMax',
        label: words.perBuyerMax,
        value: category?.perBuyerMax,
        isOptional: true,
      }),
      checkField(form, {
        name: 'hasHolderNames',
        label: words.holderNames,
        hint: words.holderNamesHint,
        isChecked: category?.hasHolderNames === true,
      }),
    ]),
    fieldGroup(words.entry, [
      timeField(form, language, {
        name: 'entryOpensAt',
        label: words.entryFrom,
        value: category?.entryOpensAt,
        timeZone,
        isOptional: true,
      }),
      timeField(form, language, {
        name: 'entryClosesAt',
        label: words.entryUntil,
        value: category?.entryClosesAt,
        timeZone,
        isOptional: true,
      }),
    ]),
  ];
}

function categoryOf(values: FormValues, { timeZone, currency }: EventOfDesk) {
  const timeOrNull = (name: string) => (values.text(name) === '' ? null : values.time(name, timeZone));
  return {
    name: values.text('name'),
    nameEn: values.optional('nameEn') ?? null,
    description: values.raw('description'),
    descriptionEn: values.optional('descriptionEn') === undefined ? null : values.raw('descriptionEn'),
    poolId: values.text('poolId'),
    price: values.money('price', currency),
    saleOpensAt: values.time('saleOpensAt', timeZone),
    saleClosesAt: values.time('saleClosesAt', timeZone),
    perOrderMin: values.number('perOrderMin'),
    perOrderMax: values.number('perOrderMax'),
    perBuyerMax: values.numberOrNull('perBuyerMax'),
    entryOpensAt: timeOrNull('entryOpensAt'),
    entryClosesAt: timeOrNull('entryClosesAt'),
    position: values.number('position'),
    hasHolderNames: values.has('hasHolderNames'),
    status: values.has('onSale') ? ('on_sale' as const) : ('closed' as const),
  };
}

const createCategory: Act = async (desk, values) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/ticket-categories', {
    param: eventParam(desk),
    json: categoryOf(values, await ownEvent(desk)),
  });
  return done(eventPath(desk, '/tickets'), 'categoryAdded');
};

const changeCategory: Act = async (desk, values) => {
  const { event } = await ownCategory(desk);
  await desk.api.patch('/v1/organizers/:slug/events/:eventId/ticket-categories/:ticketCategoryId', {
    param: categoryParam(desk),
    json: changedOnly(values, categoryOf(values, event), { status: 'onSale' }),
  });
  return done(eventPath(desk, '/tickets'), 'saved');
};

const deleteCategory: Act = async (desk) => {
  await desk.api.delete('/v1/organizers/:slug/events/:eventId/ticket-categories/:ticketCategoryId', {
    param: categoryParam(desk),
  });
  return done(eventPath(desk, '/tickets'), 'deleted');
};
