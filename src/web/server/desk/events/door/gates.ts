import { html } from 'hono/html';
import { askWords } from '../../../../i18n/words/desk/asks.ts';
import { AntreProblem } from '../../../../../client/problem.ts';
import { formatDateTime } from '../../../../../platform/text/format-time.ts';
import type { Language } from '../../../../i18n/language.ts';
import { gateWords } from '../../../../i18n/words/desk/events/gates.ts';
import type { Html } from '../../../layout.ts';
import type { Data } from '../../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../../desk.ts';
import { type Form, type FormValues, changedChoice, changedOnly, showChoice } from '../../forms.ts';
import { fieldGroup, selectField, textField, timeField } from '../../parts/fields.ts';
import { deskForm, rowForm } from '../../parts/form.ts';
import { panel } from '../../parts/pieces.ts';
import { table } from '../../parts/table.ts';
import { type Category, ticketsOf } from '../../tickets/tickets.ts';
import { changeDoorSettings, doorSettingsOf, doorSettingsPart } from './door-settings.ts';
import { changeTicketCodes, rotateTicketKey, ticketCodesOf, ticketCodesPart } from './ticket-codes.ts';
import type { EventOfDesk } from '../editor/event-form.ts';
import { eventParam, eventPath, eventView, ownEvent } from '../own-event.ts';
import { type Zone, addZone, removeZone, zonesOf, zonesPart } from './zones.ts';

export type Gate = Data<'/v1/organizers/:slug/events/:eventId/gates'>['data'][number];

/** Gates with their rules, and the zones behind them. */
export function gatePages(addPage: AddPage): void {
  addPage('/desk/events/:eventId/gates', showGates, {
    add: addGate,
    remove: removeGate,
    addZone,
    removeZone,
    settings: changeDoorSettings,
    codes: changeTicketCodes,
    rotateKey: rotateTicketKey,
  });
  addPage('/desk/events/:eventId/gates/:gateId', showGate, { save: changeGate });
}

/** The data of the pages of gates. */
type Known = {
  readonly event: EventOfDesk;
  readonly gates: readonly Gate[];
  readonly zones: readonly Zone[];
  readonly categories: readonly Category[];
};

async function knownOf(desk: Desk): Promise<Known> {
  const [event, gates, zones, { categories }] = await Promise.all([
    ownEvent(desk),
    desk.api.get('/v1/organizers/:slug/events/:eventId/gates', { param: eventParam(desk) }),
    zonesOf(desk),
    ticketsOf(desk),
  ]);
  return { event, gates: gates.data, zones, categories };
}

async function showGates(desk: Desk): Promise<View> {
  const words = gateWords[desk.language];
  const [known, settings, codes] = await Promise.all([knownOf(desk), doorSettingsOf(desk), ticketCodesOf(desk)]);
  const form = desk.form('add');
  return {
    title: words.title,
    ...eventView(known.event),
    eventSection: 'gates',
    body: html`<p class="lead">${words.lead}</p>${known.gates.length === 0 ? '' : gateTable(desk, known)}
${panel(words.add, deskForm(desk, { form, body: gateFields(desk, form, known), submit: words.add }))}
${zonesPart(desk, known)}
${doorSettingsPart(desk, { settings, categories: known.categories })}
${ticketCodesPart(desk, codes)}`,
  };
}

function gateTable(desk: Desk, { event, gates, zones, categories }: Known): Html {
  const { language } = desk;
  const words = gateWords[language];
  const namesOf = (ids: readonly string[] | null) =>
    ids === null ? words.all : categories.flatMap(({ id, name }) => (ids.includes(id) ? [name] : [])).join(', ');
  return table({
    caption: words.title,
    rows: gates,
    columns: [
      { label: words.name, cell: ({ id, name }) => html`<a href="${eventPath(desk, `/gates/${id}`)}">${name}</a>` },
      { label: words.only, cell: ({ ticketCategoryIds }) => namesOf(ticketCategoryIds) },
      { label: words.times, cell: (gate) => timesText(gate, event.timeZone, language) },
      { label: words.reEntry, cell: ({ reEntry }) => words.reEntryRules[reEntry] },
      { label: words.zone, cell: ({ zoneId }) => zones.find(({ id }) => id === zoneId)?.name ?? words.noZone },
      {
        label: '',
        cell: ({ id, name }) =>
          rowForm(desk, {
            act: 'remove',
            idField: 'gateId',
            id,
            submit: words.remove(name),
            asks: askWords[desk.language].gate,
          }),
      },
    ],
  });
}

function timesText({ opensAt, closesAt }: Gate, timeZone: string, language: Language): string {
  const words = gateWords[language];
  const parts = [
    opensAt === null ? [] : [words.from(formatDateTime(opensAt, timeZone, language))],
    closesAt === null ? [] : [words.until(formatDateTime(closesAt, timeZone, language))],
  ].flat();
  return parts.length === 0 ? words.always : parts.join(' · ');
}

async function showGate(desk: Desk): Promise<View> {
  const words = gateWords[desk.language];
  const known = await knownOf(desk);
  const gate = known.gates.find(({ id }) => id === desk.param('gateId'));
  if (gate === undefined) throw new AntreProblem({ code: 'gate.not_found' }, 404);
  const form = desk.form('save');
  const body = gateFields(desk, form, known, gate);
  return {
    title: gate.name,
    ...eventView(known.event),
    eventSection: 'gates',
    body: deskForm(desk, { form, body, submit: words.save, isChange: true, cancelPath: eventPath(desk, '/gates') }),
  };
}

function gateFields({ language }: Desk, form: Form, { event, zones, categories }: Known, gate?: Gate): readonly Html[] {
  const words = gateWords[language];
  const { timeZone } = event;
  const limited = gate?.ticketCategoryIds ?? [];
  const chosen = form.values?.all('ticketCategoryIds') ?? limited;
  showChoice(form, 'ticketCategoryIds', { options: categories.map(({ id }) => id), chosen: limited });
  const boxes = categories.map(
    ({ id, name }) =>
      html`<label class="agree"><input type="checkbox" name="ticketCategoryIds" value="${id}"${chosen.includes(id) ? html` checked` : ''}><span>${name}</span></label>`,
  );
  const times = [
    timeField(form, language, {
      name: 'opensAt',
      label: words.opensAt,
      hint: words.timesHint,
      value: gate?.opensAt,
      timeZone,
      isOptional: true,
    }),
    timeField(form, language, {
      name: 'closesAt',
      label: words.closesAt,
      value: gate?.closesAt,
      timeZone,
      isOptional: true,
    }),
  ];
  return [
    textField(form, language, {
      name: 'name',
      label: words.name,
      hint: words.nameHint,
      value: gate?.name,
      maxlength: 60,
    }),
    boxes.length === 0
      ? html``
      : html`<fieldset class="field"><legend>${words.only}</legend>${boxes}<p class="hint">${words.onlyHint}</p></fieldset>`,
    fieldGroup(`${words.times} (${timeZone})`, times),
    selectField(form, language, {
      name: 'reEntry',
      label: words.reEntry,
      hint: words.reEntryHint,
      value: gate?.reEntry ?? 'after_exit',
      options: (['none', 'after_exit', 'always'] as const).map((value) => ({
        value,
        label: words.reEntryRules[value],
      })),
    }),
    zones.length === 0
      ? html``
      : selectField(form, language, {
          name: 'zoneId',
          label: words.zone,
          hint: words.zoneHint,
          value: gate?.zoneId ?? '',
          isOptional: true,
          options: [{ value: '', label: words.noZone }, ...zones.map(({ id, name }) => ({ value: id, label: name }))],
        }),
  ];
}

async function gateOf(desk: Desk, values: FormValues) {
  const { timeZone } = await ownEvent(desk);
  const categories = [...values.all('ticketCategoryIds')];
  const time = (name: string) => (values.optional(name) === undefined ? null : values.time(name, timeZone));
  return {
    name: values.text('name'),
    ticketCategoryIds: categories.length === 0 ? null : categories,
    opensAt: time('opensAt'),
    closesAt: time('closesAt'),
    // The API refuses any other value.
    reEntry: values.text('reEntry') as Gate['reEntry'],
    zoneId: values.optional('zoneId') ?? null,
  };
}

const addGate: Act = async (desk, values) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/gates', {
    param: eventParam(desk),
    json: await gateOf(desk, values),
  });
  return done(desk.path, 'saved');
};

const changeGate: Act = async (desk, values) => {
  const [{ gates, categories }, { ticketCategoryIds: _, ...rest }] = await Promise.all([
    knownOf(desk),
    gateOf(desk, values),
  ]);
  const now = gates.find(({ id }) => id === desk.param('gateId'))?.ticketCategoryIds ?? [];
  const chosen = changedChoice(values, 'ticketCategoryIds', { options: categories.map(({ id }) => id), now });
  await desk.api.patch('/v1/organizers/:slug/events/:eventId/gates/:gateId', {
    param: { ...eventParam(desk), gateId: desk.param('gateId') },
    json: { ...changedOnly(values, rest), ticketCategoryIds: chosen.length === 0 ? null : chosen },
  });
  return done(eventPath(desk, '/gates'), 'saved');
};

const removeGate: Act = async (desk, values) => {
  await desk.api.delete('/v1/organizers/:slug/events/:eventId/gates/:gateId', {
    param: { ...eventParam(desk), gateId: values.text('gateId') },
  });
  return done(desk.path, 'deleted');
};
