import { html } from 'hono/html';
import { ticketCodesWords } from '../../../../i18n/words/desk/events/ticket-codes.ts';
import type { Html } from '../../../layout.ts';
import type { Data } from '../../api.ts';
import { type Act, type Desk, done } from '../../desk.ts';
import { checkField, selectField } from '../../parts/fields.ts';
import { deskForm } from '../../parts/form.ts';
import { panel } from '../../parts/pieces.ts';
import { eventParam, eventPath } from '../own-event.ts';

type TicketCodes = Data<'/v1/organizers/:slug/events/:eventId/ticket-codes'>;

export async function ticketCodesOf(desk: Desk): Promise<TicketCodes> {
  return desk.api.get('/v1/organizers/:slug/events/:eventId/ticket-codes', { param: eventParam(desk) });
}

/** Whether the codes of tickets are signed, and a new key for them. A part of the page of gates. */
export function ticketCodesPart(desk: Desk, { codes }: TicketCodes): Html {
  const { language } = desk;
  const words = ticketCodesWords[language];
  const form = desk.form('codes');
  const rotation = desk.form('rotateKey');
  const options = (['opaque', 'signed'] as const).map((value) => ({ value, label: words.kinds[value] }));
  const field = selectField(form, language, { name: 'codes', label: words.codes, value: codes, options });
  const withdraw = checkField(rotation, {
    name: 'withdrawEarlier',
    label: words.withdraw,
    hint: words.withdrawHint,
  });
  return panel(
    words.title,
    html`<p>${words.lead}</p>${deskForm(desk, { form, body: field, submit: words.save })}
${codes === 'opaque' ? '' : html`<p>${words.rotateText}</p>${deskForm(desk, { form: rotation, body: withdraw, submit: words.rotate, isSmall: true })}`}`,
    'ticket-codes',
  );
}

export const changeTicketCodes: Act = async (desk, values) => {
  await desk.api.patch('/v1/organizers/:slug/events/:eventId/ticket-codes', {
    param: eventParam(desk),
    json: { codes: values.text('codes') === 'signed' ? 'signed' : 'opaque' },
  });
  return done(eventPath(desk, '/gates'), 'saved');
};

export const rotateTicketKey: Act = async (desk, values) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/ticket-codes/keys', {
    param: eventParam(desk),
    json: { withdrawEarlier: values.has('withdrawEarlier') },
  });
  return done(eventPath(desk, '/gates'), 'saved');
};
