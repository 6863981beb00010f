import { html } from 'hono/html';
import { gateWords } from '../../../i18n/words/desk/events/gates.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { hiddenField, textField } from '../parts/fields.ts';
import { deskForm } from '../parts/form.ts';
import { panel } from '../parts/pieces.ts';
import { table } from '../parts/table.ts';
import { ticketsOf } from '../tickets/tickets.ts';
import { eventParam, eventView, ownEvent } from './own-event.ts';

/** Where people enter. */
export function gatePages(addPage: AddPage): void {
  addPage('/desk/events/:eventId/gates', showGates, { add: addGate, remove: removeGate });
}

async function showGates(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = gateWords[language];
  const [event, gates, { categories }] = await Promise.all([
    ownEvent(desk),
    desk.api.get('/v1/organizers/:slug/events/:eventId/gates', { param: eventParam(desk) }),
    ticketsOf(desk),
  ]);
  const namesOf = (ids: readonly string[] | null) =>
    ids === null ? words.all : categories.flatMap(({ id, name }) => (ids.includes(id) ? [name] : [])).join(', ');
  const form = desk.form('add');
  const boxes = categories.map(
    ({ id, name }) =>
      html`<label class="agree"><input type="checkbox" name="ticketCategoryIds" value="${id}"${form.values?.all('ticketCategoryIds').includes(id) === true ? html` checked` : ''}><span>${name}</span></label>`,
  );
  const fields = [
    textField(form, language, { name: 'name', label: words.name, hint: words.nameHint, maxlength: 80 }),
    boxes.length === 0
      ? html``
      : html`<fieldset class="field"><legend>${words.only}</legend>${boxes}<p class="hint">${words.onlyHint}</p></fieldset>`,
  ];
  return {
    title: words.title,
    ...eventView(event),
    eventSection: 'gates',
    body: html`<p class="lead">${words.lead}</p>${
      gates.data.length === 0
        ? ''
        : table({
            caption: words.title,
            rows: gates.data,
            columns: [
              { label: words.name, cell: ({ name }) => name },
              { label: words.only, cell: ({ ticketCategoryIds }) => namesOf(ticketCategoryIds) },
              {
                label: '',
                cell: ({ id, name }) =>
                  deskForm(desk, {
                    form: desk.form('remove'),
                    body: [hiddenField('gateId', id)],
                    submit: words.remove(name),
                    isSmall: true,
                  }),
              },
            ],
          })
    }${panel(words.add, deskForm(desk, { form, body: fields, submit: words.add }))}`,
  };
}

const addGate: Act = async (desk, values) => {
  const chosen = [...values.all('ticketCategoryIds')];
  await desk.api.post('/v1/organizers/:slug/events/:eventId/gates', {
    param: eventParam(desk),
    json: { name: values.text('name'), ticketCategoryIds: chosen.length === 0 ? null : chosen },
  });
  return done(desk.path, 'saved');
};

const removeGate: Act = async (desk, values) => {
  await desk.api.delete('/v1/organizers/:slug/events/:eventId/gates/:gateId', {
    param: { ...eventParam(desk), gateId: values.text('gateId') },
  });
  return done(desk.path, 'deleted');
};
