import { html } from 'hono/html';
import { movingWords } from '../../../i18n/words/desk/events/moving.ts';
import type { Html } from '../../layout.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import type { FormValues } from '../forms.ts';
import { messagePreview } from '../messages/message-preview.ts';
import { hiddenField } from '../parts/fields.ts';
import { confirmStep, deskForm } from '../parts/form.ts';
import { notice } from '../parts/pieces.ts';
import { placedEvent, whenFields, whereFields } from './editor/event-form.ts';
import { eventParam, eventPath, eventView, ownEvent } from './own-event.ts';

/** Moves or postpones a published event, after a preview of the message to its ticket holders. */
export function movingPages(addPage: AddPage): void {
  addPage('/desk/events/:eventId/move', showMove, { preview: previewMove, move });
  addPage('/desk/events/:eventId/postpone', showPostponement, { postpone, resume });
}

async function showMove(desk: Desk): Promise<View> {
  const words = movingWords[desk.language];
  const event = await ownEvent(desk);
  const refused = desk.form('move');
  const isRefused = refused.refusal !== undefined;
  // The refused form was on the preview page. Its values return to this form, to be previewed against the event as it is now.
  const form = isRefused ? { ...refused, act: 'preview' } : desk.form('preview');
  const version = isRefused ? event.version : (form.values?.raw('version') ?? event.version);
  return {
    title: words.moveTitle,
    ...eventView(event),
    eventSection: 'publication',
    body: html`<p class="lead">${words.moveText}</p>${deskForm(desk, {
      form,
      body: [hiddenField('version', version), whenFields(desk, form, event), whereFields(desk, form, event)],
      submit: words.look,
      cancelPath: eventPath(desk, '/publication'),
    })}`,
  };
}

/** The fields that the preview carries on to the step that moves the event. */
const kept = ['version', 'startsAt', 'endsAt', 'doorsOpenAt', 'timeZone', 'venue', 'city', 'address'] as const;

const previewMove: Act = async (desk, values) => {
  const words = movingWords[desk.language];
  const event = await ownEvent(desk);
  const told = await tellingPart(desk, { kind: 'moved', ...placedEvent(values) });
  return {
    title: words.previewTitle,
    ...eventView(event),
    eventSection: 'publication',
    body: confirmStep(desk, {
      act: 'move',
      text: html`<p>${words.notSaved}</p>${told}`,
      body: html`${kept.map((name) => hiddenField(name, values.text(name)))}`,
      button: words.move,
      backPath: eventPath(desk, '/move'),
    }),
  };
};

const move: Act = async (desk, values: FormValues) => {
  await desk.api.patch('/v1/organizers/:slug/events/:eventId', {
    param: eventParam(desk),
    json: { ...placedEvent(values), version: values.number('version') },
  });
  return done(eventPath(desk, '/notices'), 'saved');
};

async function showPostponement(desk: Desk): Promise<View> {
  const words = movingWords[desk.language];
  const event = await ownEvent(desk);
  const view = { title: words.postponeTitle, ...eventView(event), eventSection: 'publication' as const };
  if (event.isPostponed) {
    const form = desk.form('resume');
    return {
      ...view,
      body: html`${notice(words.isPostponed, 'warn')}${deskForm(desk, { form, submit: words.resume })}`,
    };
  }
  return {
    ...view,
    body: confirmStep(desk, {
      act: 'postpone',
      text: html`<p>${words.postponeText}</p>${await tellingPart(desk, { kind: 'postponed' })}`,
      button: words.postpone,
      backPath: eventPath(desk, '/publication'),
    }),
  };
}

const postpone: Act = async (desk) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/postponement', { param: eventParam(desk) });
  return done(eventPath(desk, '/notices'), 'saved');
};

const resume: Act = async (desk) => {
  await desk.api.delete('/v1/organizers/:slug/events/:eventId/postponement', { param: eventParam(desk) });
  return done(eventPath(desk, '/notices'), 'saved');
};

type Change = { readonly kind: 'moved' | 'postponed' | 'cancelled' } & Partial<ReturnType<typeof placedEvent>>;

/** Previews the message about a change that is not made yet: recipients and text. */
export async function tellingPart(desk: Desk, change: Change): Promise<Html> {
  const words = movingWords[desk.language];
  const previewed = await desk.api.post('/v1/organizers/:slug/events/:eventId/change-previews', {
    param: eventParam(desk),
    json: change,
  });
  if (previewed.previews.length === 0) return notice(words.toldNobody);
  const later = change.kind === 'cancelled' ? '' : html`<p class="muted">${words.toldLater}</p>`;
  // What a move changes stands in its message alone, which is the title of that page.
  const isMove = change.kind === 'moved';
  return html`${isMove ? '' : html`<h2>${words.previewTitle}</h2>`}${later}${messagePreview(desk, previewed, isMove)}`;
}
