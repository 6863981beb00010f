import { html } from 'hono/html';
import { askWords } from '../../../../i18n/words/desk/asks.ts';
import { pictureWords } from '../../../../i18n/words/desk/events/picture.ts';
import type { Html } from '../../../layout.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../../desk.ts';
import { changedOnly } from '../../forms.ts';
import { fileField, percentField, textField } from '../../parts/fields.ts';
import { askedForm, deskForm } from '../../parts/form.ts';
import { panel } from '../../parts/pieces.ts';
import type { EventOfDesk } from '../editor/event-form.ts';
import { eventParam, eventView, ownEvent } from '../own-event.ts';

/** The API's limit for the file, plus room for the other fields. */
const formBytesMax = 12.5 * 1024 * 1024;
const altLengthMax = 300;
const picturePath = '/v1/organizers/:slug/events/:eventId/picture';

/** Uploads the picture of an event, and sets its focus. */
export function picturePage(addPage: AddPage): void {
  addPage('/desk/events/:eventId/picture', showPicture, { upload, cut, remove }, { formBytesMax });
}

async function showPicture(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = pictureWords[language];
  const event = await ownEvent(desk);
  const form = desk.form('upload');
  const body = [
    fileField(form, language, {
      name: 'picture',
      label: words.file,
      hint: words.fileHint,
      accept: 'image/jpeg,image/png,image/webp,image/avif',
    }),
    altField(desk, form, event),
  ];
  const isThere = event.picture !== null;
  return {
    title: words.title,
    ...eventView(event),
    eventSection: 'picture',
    script: 'desk/picture.ts',
    body: html`<p class="lead">${words.lead}</p>${cutPart(desk, event)}
${panel(isThere ? words.replace : words.upload, deskForm(desk, { form, body, submit: isThere ? words.replace : words.upload, hasFile: true }))}
${isThere ? askedForm(desk, { form: desk.form('remove'), label: words.remove, asks: askWords[language].picture }) : ''}`,
  };
}

/** The original picture, on which the script places the focus, and the current cuts. */
function cutPart(desk: Desk, { picture, pictureFocus, ...event }: EventOfDesk): Html {
  if (picture === null || pictureFocus === null) return html``;
  const { language } = desk;
  const words = pictureWords[language];
  const form = desk.form('cut');
  const { path } = picture;
  const body = [
    html`<p>${words.cutText}</p><div class="focus" id="focus"><img src="${path}/whole.jpg" alt="${words.whole}"><span class="focus-point" id="focus-point" aria-hidden="true" hidden></span></div>`,
    percentField(form, language, { name: 'focus.x', label: words.focusX, value: pictureFocus.x }),
    percentField(form, language, { name: 'focus.y', label: words.focusY, value: pictureFocus.y }),
    altField(desk, form, { ...event, picture, pictureFocus }),
  ];
  return panel(
    words.cut,
    html`${deskForm(desk, { form, body, submit: words.save, isChange: true })}
<div class="cuts"><figure><img src="${path}/small.jpg" width="480" height="300" alt="${picture.alt}"><figcaption class="small muted">${words.onPages}</figcaption></figure>
<figure><img src="${path}/share.jpg" width="1200" height="630" alt="" loading="lazy"><figcaption class="small muted">${words.onLinks}</figcaption></figure></div>`,
  );
}

function altField({ language }: Desk, form: ReturnType<Desk['form']>, { picture }: EventOfDesk): Html {
  const words = pictureWords[language];
  return textField(form, language, {
    name: 'alt',
    label: words.alt,
    hint: words.altHint,
    value: picture?.alt,
    maxlength: altLengthMax,
    isOptional: true,
    className: 'full',
  });
}

const upload: Act = async (desk, values) => {
  await desk.api.put(picturePath, {
    param: eventParam(desk),
    query: { alt: values.text('alt') },
    bytes: values.file('picture'),
  });
  return done(desk.path, 'saved');
};

const cut: Act = async (desk, values) => {
  const isMoved = values.isChanged('focus.x') || values.isChanged('focus.y');
  const json = {
    ...(isMoved ? { focus: { x: values.number('focus.x'), y: values.number('focus.y') } } : {}),
    ...changedOnly(values, { alt: values.text('alt') }),
  };
  if (Object.keys(json).length > 0) await desk.api.patch(picturePath, { param: eventParam(desk), json });
  return done(desk.path, 'saved');
};

const remove: Act = async (desk) => {
  await desk.api.delete(picturePath, { param: eventParam(desk) });
  return done(desk.path, 'deleted');
};
