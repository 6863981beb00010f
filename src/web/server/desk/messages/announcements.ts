import { html } from 'hono/html';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { announcementWords } from '../../../i18n/words/desk/messages/announcements.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { eventParam, eventPath, eventView, ownEvent } from '../events/own-event.ts';
import type { FormValues } from '../forms.ts';
import { areaField, hiddenField, selectField, textField } from '../parts/fields.ts';
import { confirmStep, deskForm } from '../parts/form.ts';
import { facts, linkButton, notice, panel } from '../parts/pieces.ts';
import { pageQuery, paging, table } from '../parts/table.ts';
import { messagePreview, messageProgress } from './message-preview.ts';

type Shown = Data<'/v1/organizers/:slug/events/:eventId/announcements/:announcementId'>;
type Content = NonNullable<Shown['content']>['id'];

const path = (desk: Desk, page = '') => eventPath(desk, `/announcements${page}`);

/** Announcements to the buyers of an event: written, previewed, then sent. */
export function announcementPages(addPage: AddPage): void {
  addPage('/desk/events/:eventId/announcements', showList);
  addPage('/desk/events/:eventId/announcements/new', showNew, { draft, send });
  addPage('/desk/events/:eventId/announcements/:announcementId', showOne, { stop });
}

async function showList(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = announcementWords[language];
  const event = await ownEvent(desk);
  const { data, nextCursor } = await desk.api.get('/v1/organizers/:slug/events/:eventId/announcements', {
    param: eventParam(desk),
    query: pageQuery(desk),
  });
  return {
    title: words.title,
    ...eventView(event),
    eventSection: 'attendees',
    body: html`<p class="lead">${words.lead}</p><p class="page-actions">${linkButton(path(desk, '/new'), words.write)}</p>
${
  data.length === 0
    ? html`<p class="nothing">${words.none}</p>`
    : table({
        caption: words.title,
        rows: data,
        columns: [
          {
            label: words.subject,
            cell: ({ id, kind, content }) =>
              html`<a href="${path(desk, `/${id}`)}">${content?.[language].subject ?? words.kinds[kindOf(kind)]}</a>`,
          },
          { label: words.status, cell: ({ status }) => words.statuses[status] ?? status },
          {
            label: words.created,
            cell: ({ createdAt }) => formatDateTime(createdAt, event.timeZone, language, 'medium'),
          },
        ],
      })
}${paging(desk, nextCursor)}`,
  };
}

function kindOf(kind: string): 'practical' | 'news' | 'reminder' {
  return kind === 'practical' || kind === 'news' ? kind : 'reminder';
}

async function showNew(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = announcementWords[language];
  const [event, earlier] = await Promise.all([ownEvent(desk), earlierDraft(desk)]);
  const form = desk.form('draft');
  // A refused `send` comes from the preview, which cannot be shown again. The refusal is shown here, and the announcement is previewed anew.
  const { refusal } = desk.form('send');
  const text = (locale: 'id' | 'en', legend: string) => {
    const labels = words.fields[locale];
    const { subject, text: written, shortText } = earlier?.content?.[locale] ?? {};
    return html`<fieldset class="field-group"><legend>${legend}</legend>
${textField(form, language, { name: `content.${locale}.subject`, label: labels.subject, value: subject, maxlength: 150 })}
${areaField(form, language, { name: `content.${locale}.text`, label: labels.text, value: written, maxlength: 5000, rows: 6 })}
${textField(form, language, { name: `content.${locale}.shortText`, label: labels.shortText, hint: words.shortHint, value: shortText, maxlength: 500, isOptional: true })}</fieldset>`;
  };
  const goesByWhatsapp = form.values?.has('whatsapp') ?? earlier?.channels.includes('whatsapp') === true;
  return {
    title: words.write,
    ...eventView(event),
    eventSection: 'attendees',
    body: html`${refusal === undefined ? '' : notice(refusal, 'bad')}${deskForm(desk, {
      form,
      body: html`${selectField(form, language, {
        name: 'kind',
        label: words.kind,
        value: earlier?.kind,
        options: (['practical', 'news'] as const).map((kind) => ({ value: kind, label: words.kinds[kind] })),
      })}
${selectField(form, language, {
  name: 'checkedIn',
  label: words.audience,
  value: String(earlier?.audience?.checkedIn ?? ''),
  options: [
    { value: '', label: words.everybody },
    { value: 'true', label: words.checkedIn },
    { value: 'false', label: words.notCheckedIn },
  ],
  isOptional: true,
})}
${text('id', words.indonesian)}${text('en', words.english)}
<p class="check"><input type="checkbox" id="whatsapp" name="whatsapp" value="yes"${goesByWhatsapp ? html` checked` : ''}><label for="whatsapp">${words.whatsapp}</label></p>`,
      submit: words.preview,
      cancelPath: path(desk),
    })}`,
  };
}

/** The announcement in `?from`, to continue editing. */
async function earlierDraft(desk: Desk) {
  const announcementId = desk.query('from');
  if (announcementId === undefined) return undefined;
  return desk.api.get('/v1/organizers/:slug/events/:eventId/announcements/:announcementId', {
    param: { ...eventParam(desk), announcementId },
  });
}

/** The form has no field for categories, so a draft limited to some (made through the API) cannot be edited here. */
function rewriteLink(desk: Desk, { id, audience }: Pick<Shown, 'id' | 'audience'>): Html | string {
  if (audience.ticketCategoryIds !== undefined) return '';
  return html`<p>${linkButton(path(desk, `/new?from=${id}`), announcementWords[desk.language].rewrite, true)}</p>`;
}

function textOf(values: FormValues, locale: 'id' | 'en') {
  const shortText = values.optional(`content.${locale}.shortText`);
  return {
    subject: values.text(`content.${locale}.subject`),
    text: values.text(`content.${locale}.text`),
    ...(shortText === undefined ? {} : { shortText }),
  };
}

/** The response is the preview itself: its token confirms exactly the text on the screen. */
const draft: Act = async (desk, values) => {
  const checkedIn = values.optional('checkedIn');
  const drafted = await desk.api.post('/v1/organizers/:slug/events/:eventId/announcements', {
    param: eventParam(desk),
    json: {
      kind: values.text('kind') === 'news' ? 'news' : 'practical',
      channels: values.has('whatsapp') ? ['email', 'whatsapp'] : ['email'],
      audience: checkedIn === undefined ? {} : { checkedIn: checkedIn === 'true' },
      content: { id: textOf(values, 'id'), en: textOf(values, 'en') },
    },
  });
  return previewView(desk, drafted);
};

async function previewView(
  desk: Desk,
  drafted: Parameters<typeof messagePreview>[1] &
    Pick<Shown, 'id' | 'audience'> & { readonly confirmationToken: string },
): Promise<View> {
  const { language } = desk;
  const words = announcementWords[language];
  const event = await ownEvent(desk);
  return {
    title: words.preview,
    ...eventView(event),
    eventSection: 'attendees',
    body: html`${messagePreview(desk, drafted, true)}${rewriteLink(desk, drafted)}
${confirmStep(desk, {
  act: 'send',
  text: words.previewLead,
  body: html`${hiddenField('announcementId', drafted.id)}${hiddenField('confirmationToken', drafted.confirmationToken)}`,
  button: words.send,
  backPath: path(desk),
})}`,
  };
}

const send: Act = async (desk, values) => {
  const announcementId = values.text('announcementId');
  await desk.api.post('/v1/organizers/:slug/events/:eventId/announcements/:announcementId/confirmation', {
    param: { ...eventParam(desk), announcementId },
    json: { confirmationToken: values.text('confirmationToken') },
  });
  return done(path(desk, `/${announcementId}`), 'announced');
};

const announcementParam = (desk: Desk) => ({ ...eventParam(desk), announcementId: desk.param('announcementId') });

async function showOne(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = announcementWords[language];
  const event = await ownEvent(desk);
  const shown = await desk.api.get('/v1/organizers/:slug/events/:eventId/announcements/:announcementId', {
    param: announcementParam(desk),
  });
  return {
    title: shown.content?.[language].subject ?? words.kinds[kindOf(shown.kind)],
    ...eventView(event),
    eventSection: 'attendees',
    body: html`${facts([
      [words.status, words.statuses[shown.status] ?? shown.status],
      [words.kind, words.kinds[kindOf(shown.kind)]],
      [words.created, formatDateTime(shown.createdAt, event.timeZone, language, 'medium')],
    ])}
${shown.status === 'draft' ? rewriteLink(desk, shown) : shown.channels.map((channel) => messageProgress(desk, channel, shown.progress[channel]))}
${shown.content === null ? '' : (['id', 'en'] as const).map((locale) => writtenText(desk, locale, shown.content?.[locale]))}
${shown.endedAt === null && shown.confirmedAt !== null ? deskForm(desk, { form: desk.form('stop'), submit: words.stop, isSmall: true }) : ''}`,
  };
}

function writtenText({ language }: Desk, locale: 'id' | 'en', content: Content | undefined): Html | string {
  const words = announcementWords[language];
  if (content === undefined) return '';
  return panel(
    locale === 'id' ? words.indonesian : words.english,
    html`<p><strong>${content.subject}</strong></p><pre class="message-text">${content.text}</pre>${content.shortText === undefined ? '' : html`<p><strong>WhatsApp</strong></p><pre class="message-text">${content.shortText}</pre>`}`,
  );
}

const stop: Act = async (desk) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/announcements/:announcementId/cancellation', {
    param: announcementParam(desk),
  });
  return done(path(desk, `/${desk.param('announcementId')}`), 'announcementStopped');
};
