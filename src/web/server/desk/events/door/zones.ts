import { html } from 'hono/html';
import { askWords } from '../../../../i18n/words/desk/asks.ts';
import { AntreProblem } from '../../../../../client/problem.ts';
import { formatCount } from '../../../../../platform/text/format-money.ts';
import { gateWords } from '../../../../i18n/words/desk/events/gates.ts';
import type { Html } from '../../../layout.ts';
import type { Data } from '../../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../../desk.ts';
import { type Form, changedOnly } from '../../forms.ts';
import { numberField, textField } from '../../parts/fields.ts';
import { deskForm, rowForm } from '../../parts/form.ts';
import { panel } from '../../parts/pieces.ts';
import { table } from '../../parts/table.ts';
import { eventParam, eventPath, eventView, ownEvent } from '../own-event.ts';

export type Zone = Data<'/v1/organizers/:slug/events/:eventId/zones'>['data'][number];

/** The page of one zone. Zones are listed on the page of gates. */
export function zonePage(addPage: AddPage): void {
  addPage('/desk/events/:eventId/zones/:zoneId', showZone, { save: changeZone });
}

export async function zonesOf(desk: Desk): Promise<readonly Zone[]> {
  return (await desk.api.get('/v1/organizers/:slug/events/:eventId/zones', { param: eventParam(desk) })).data;
}

export function zonesPart(
  desk: Desk,
  of: { readonly zones: readonly Zone[]; readonly gates: readonly { name: string; zoneId: string | null }[] },
): Html {
  const { language } = desk;
  const words = gateWords[language];
  const form = desk.form('addZone');
  const list = table({
    caption: words.zones,
    rows: of.zones,
    columns: [
      { label: words.zoneName, cell: ({ id, name }) => html`<a href="${eventPath(desk, `/zones/${id}`)}">${name}</a>` },
      { label: words.inside, cell: ({ inside }) => formatCount(inside, language), isNumber: true },
      {
        label: words.capacity,
        cell: ({ capacity }) => (capacity === null ? words.noCapacity : formatCount(capacity, language)),
        isNumber: true,
      },
      {
        label: words.zoneGates,
        cell: ({ id }) => of.gates.flatMap(({ name, zoneId }) => (zoneId === id ? [name] : [])).join(', '),
      },
      {
        label: '',
        cell: ({ id, name }) =>
          rowForm(desk, {
            act: 'removeZone',
            idField: 'zoneId',
            id,
            submit: words.remove(name),
            asks: askWords[desk.language].zone,
          }),
      },
    ],
  });
  return panel(
    words.zones,
    html`<p>${words.zonesLead}</p>${of.zones.length === 0 ? '' : list}
${deskForm(desk, { form, body: zoneFields(desk, form), submit: words.addZone })}`,
    'zones',
  );
}

function zoneFields({ language }: Desk, form: Form, zone?: Zone): readonly Html[] {
  const words = gateWords[language];
  return [
    textField(form, language, {
      name: 'name',
      label: words.zoneName,
      hint: words.zoneNameHint,
      value: zone?.name,
      maxlength: 60,
    }),
    numberField(form, language, {
      name: 'capacity',
      label: words.capacity,
      hint: words.capacityHint,
      value: zone?.capacity,
      isOptional: true,
    }),
  ];
}

async function showZone(desk: Desk): Promise<View> {
  const words = gateWords[desk.language];
  const [event, zones] = await Promise.all([ownEvent(desk), zonesOf(desk)]);
  const zone = zones.find(({ id }) => id === desk.param('zoneId'));
  if (zone === undefined) throw new AntreProblem({ code: 'zone.not_found' }, 404);
  const form = desk.form('save');
  const body = zoneFields(desk, form, zone);
  return {
    title: zone.name,
    ...eventView(event),
    eventSection: 'gates',
    body: deskForm(desk, { form, body, submit: words.save, isChange: true, cancelPath: eventPath(desk, '/gates') }),
  };
}

export const addZone: Act = async (desk, values) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/zones', {
    param: eventParam(desk),
    json: { name: values.text('name'), capacity: values.numberOrNull('capacity') },
  });
  return done(desk.path, 'saved');
};

const changeZone: Act = async (desk, values) => {
  const json = changedOnly(values, { name: values.text('name'), capacity: values.numberOrNull('capacity') });
  if (Object.keys(json).length > 0)
    await desk.api.patch('/v1/organizers/:slug/events/:eventId/zones/:zoneId', {
      param: { ...eventParam(desk), zoneId: desk.param('zoneId') },
      json,
    });
  return done(eventPath(desk, '/gates'), 'saved');
};

export const removeZone: Act = async (desk, values) => {
  await desk.api.delete('/v1/organizers/:slug/events/:eventId/zones/:zoneId', {
    param: { ...eventParam(desk), zoneId: values.text('zoneId') },
  });
  return done(desk.path, 'deleted');
};
