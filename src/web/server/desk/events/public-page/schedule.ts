import { html } from 'hono/html';
import { askWords } from '../../../../i18n/words/desk/asks.ts';
import { AntreProblem } from '../../../../../client/problem.ts';
import { formatSpan } from '../../../../../platform/text/format-time.ts';
import { scheduleWords } from '../../../../i18n/words/desk/events/schedule.ts';
import type { Html } from '../../../layout.ts';
import type { Data } from '../../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../../desk.ts';
import { type Form, type FormValues, changedOnly } from '../../forms.ts';
import { areaField, fieldGroup, textField, timeField } from '../../parts/fields.ts';
import { deskForm, rowForm } from '../../parts/form.ts';
import { panel } from '../../parts/pieces.ts';
import { table } from '../../parts/table.ts';
import type { EventOfDesk } from '../editor/event-form.ts';
import { eventParam, eventPath, eventView, ownEvent } from '../own-event.ts';

type Item = Data<'/v1/organizers/:slug/events/:eventId/schedule'>['data'][number];

/** The schedule of an event. */
export function schedulePages(addPage: AddPage): void {
  addPage('/desk/events/:eventId/schedule', showSchedule, { add: addItem, remove: removeItem });
  addPage('/desk/events/:eventId/schedule/:itemId', showItem, { save: changeItem });
}

async function itemsOf(desk: Desk): Promise<readonly Item[]> {
  return (await desk.api.get('/v1/organizers/:slug/events/:eventId/schedule', { param: eventParam(desk) })).data;
}

async function showSchedule(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = scheduleWords[language];
  const [event, items] = await Promise.all([ownEvent(desk), itemsOf(desk)]);
  const form = desk.form('add');
  const list = table({
    caption: words.title,
    rows: items,
    columns: [
      {
        label: words.what,
        cell: ({ id, title }) => html`<a href="${eventPath(desk, `/schedule/${id}`)}">${title}</a>`,
      },
      {
        label: words.when,
        cell: ({ startsAt, endsAt }) => formatSpan(startsAt, endsAt, event.timeZone, language),
      },
      { label: words.stage, cell: ({ stage }) => stage },
      {
        label: '',
        cell: ({ id, title }) =>
          rowForm(desk, {
            act: 'remove',
            idField: 'itemId',
            id,
            submit: words.remove(title),
            asks: askWords[desk.language].scheduleItem,
          }),
      },
    ],
  });
  return {
    title: words.title,
    ...eventView(event),
    eventSection: 'schedule',
    body: html`${items.length === 0 ? html`<p class="lead">${words.none}</p>` : list}
${panel(words.add, deskForm(desk, { form, body: itemFields(desk, form, event), submit: words.add }))}`,
  };
}

async function showItem(desk: Desk): Promise<View> {
  const words = scheduleWords[desk.language];
  const [event, items] = await Promise.all([ownEvent(desk), itemsOf(desk)]);
  const item = items.find(({ id }) => id === desk.param('itemId'));
  if (item === undefined) throw new AntreProblem({ code: 'schedule_item.not_found' }, 404);
  const form = desk.form('save');
  const body = itemFields(desk, form, event, item);
  return {
    title: item.title,
    ...eventView(event),
    eventSection: 'schedule',
    body: deskForm(desk, { form, body, submit: words.save, isChange: true, cancelPath: eventPath(desk, '/schedule') }),
  };
}

function itemFields({ language }: Desk, form: Form, event: EventOfDesk, item?: Item): readonly Html[] {
  const words = scheduleWords[language];
  const { timeZone } = event;
  const optionalText = (name: string, label: string, value: string | null | undefined, maxlength: number) =>
    textField(form, language, { name, label, value: value ?? '', maxlength, isOptional: true });
  const optionalArea = (name: string, label: string, value: string | null | undefined) =>
    areaField(form, language, { name, label, value: value ?? '', maxlength: 20_000, rows: 3, isOptional: true });
  return [
    fieldGroup(words.what, [
      textField(form, language, { name: 'title', label: words.name, value: item?.title, maxlength: 200 }),
      optionalText('titleEn', words.nameEn, item?.titleEn, 200),
      optionalText('stage', words.stage, item?.stage, 120),
      optionalText('stageEn', words.stageEn, item?.stageEn, 120),
      timeField(form, language, {
        name: 'startsAt',
        label: words.startsAt,
        value: item?.startsAt ?? event.startsAt,
        timeZone,
      }),
      timeField(form, language, { name: 'endsAt', label: words.endsAt, value: item?.endsAt ?? event.endsAt, timeZone }),
    ]),
    optionalArea('description', words.description, item?.description),
    optionalArea('descriptionEn', words.descriptionEn, item?.descriptionEn),
  ];
}

function itemOf(values: FormValues, { timeZone }: EventOfDesk) {
  return {
    title: values.text('title'),
    titleEn: values.optional('titleEn') ?? null,
    stage: values.text('stage'),
    stageEn: values.optional('stageEn') ?? null,
    description: values.raw('description'),
    descriptionEn: values.optional('descriptionEn') === undefined ? null : values.raw('descriptionEn'),
    startsAt: values.time('startsAt', timeZone),
    endsAt: values.time('endsAt', timeZone),
  };
}

const addItem: Act = async (desk, values) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/schedule', {
    param: eventParam(desk),
    json: itemOf(values, await ownEvent(desk)),
  });
  return done(eventPath(desk, '/schedule'), 'saved');
};

const changeItem: Act = async (desk, values) => {
  await desk.api.patch('/v1/organizers/:slug/events/:eventId/schedule/:scheduleItemId', {
    param: { ...eventParam(desk), scheduleItemId: desk.param('itemId') },
    json: changedOnly(values, itemOf(values, await ownEvent(desk))),
  });
  return done(eventPath(desk, '/schedule'), 'saved');
};

const removeItem: Act = async (desk, values) => {
  await desk.api.delete('/v1/organizers/:slug/events/:eventId/schedule/:scheduleItemId', {
    param: { ...eventParam(desk), scheduleItemId: values.text('itemId') },
  });
  return done(eventPath(desk, '/schedule'), 'deleted');
};
