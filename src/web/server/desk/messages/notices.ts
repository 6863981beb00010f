import { html } from 'hono/html';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { movingWords } from '../../../i18n/words/desk/events/moving.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { eventParam, eventPath, eventView, ownEvent } from '../events/own-event.ts';
import { checkField, hiddenField } from '../parts/fields.ts';
import { deskForm } from '../parts/form.ts';
import { facts, notice, panel } from '../parts/pieces.ts';
import { table } from '../parts/table.ts';
import { messagePreview, messageProgress } from './message-preview.ts';

/** Notices to ticket holders about changes of an event: review, send now or suppress, and delivery progress. */
export function noticePages(addPage: AddPage): void {
  addPage('/desk/events/:eventId/notices', showNotices, { save: saveSetting });
  addPage('/desk/events/:eventId/notices/:noticeId', showNotice, { send, stop });
}

const pathOf = (desk: Desk, page = '') => eventPath(desk, `/notices${page}`);
const noticeParam = (desk: Desk) => ({ ...eventParam(desk), noticeId: desk.param('noticeId') });

async function showNotices(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = movingWords[language];
  const param = eventParam(desk);
  const [event, { data }, settings] = await Promise.all([
    ownEvent(desk),
    desk.api.get('/v1/organizers/:slug/events/:eventId/change-notices', { param }),
    desk.api.get('/v1/organizers/:slug/events/:eventId/message-settings', { param }),
  ]);
  const form = desk.form('save');
  const isConfirmed = settings.changeNotices === 'confirmed';
  const list = table({
    caption: words.noticesTitle,
    rows: data,
    columns: [
      { label: words.kind, cell: ({ id, kind }) => html`<a href="${pathOf(desk, `/${id}`)}">${words.kinds[kind]}</a>` },
      { label: words.status, cell: ({ status }) => words.statuses[status] },
      { label: words.changed, cell: ({ createdAt }) => formatDateTime(createdAt, event.timeZone, language, 'medium') },
    ],
  });
  return {
    title: words.noticesTitle,
    ...eventView(event),
    eventSection: 'publication',
    body: html`<p class="lead">${words.noticesLead}</p>${data.length === 0 ? html`<p class="nothing">${words.noNotices}</p>` : list}
${panel(
  words.settingTitle,
  deskForm(desk, {
    form,
    body: checkField(form, {
      name: 'isConfirmed',
      label: words.setting,
      hint: words.settingHint,
      isChecked: isConfirmed,
    }),
    submit: words.save,
  }),
)}`,
  };
}

const saveSetting: Act = async (desk, values) => {
  const param = eventParam(desk);
  const settings = await desk.api.get('/v1/organizers/:slug/events/:eventId/message-settings', { param });
  await desk.api.put('/v1/organizers/:slug/events/:eventId/message-settings', {
    param,
    json: { ...settings, changeNotices: values.has('isConfirmed') ? 'confirmed' : 'automatic' },
  });
  return done(pathOf(desk), 'saved');
};

async function showNotice(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = movingWords[language];
  const event = await ownEvent(desk);
  const shown = await desk.api.get('/v1/organizers/:slug/events/:eventId/change-notices/:noticeId', {
    param: noticeParam(desk),
  });
  const timeOf = (time: string | null) =>
    time === null ? undefined : formatDateTime(time, event.timeZone, language, 'medium');
  const token = shown.confirmationToken;
  const form = desk.form('send');
  const acts =
    token === null
      ? ''
      : html`${deskForm(desk, { form, body: hiddenField('confirmationToken', token), submit: words.send })}
${deskForm(desk, { form: desk.form('stop'), submit: words.tellNobody, isSmall: true })}`;
  return {
    title: words.kinds[shown.kind],
    ...eventView(event),
    eventSection: 'publication',
    body: html`${facts([
      [words.status, words.statuses[shown.status]],
      [words.changed, timeOf(shown.createdAt)],
      [words.due, shown.status === 'waiting' ? timeOf(shown.dueAt) : undefined],
    ])}
${shown.status === 'held' ? notice(words.statuses.held, 'warn') : ''}${messagePreview(desk, shown)}${acts}
${shown.startedAt === null ? '' : (['email', 'whatsapp'] as const).map((channel) => messageProgress(desk, channel, shown.progress[channel]))}`,
  };
}

const send: Act = async (desk, values) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/change-notices/:noticeId/confirmation', {
    param: noticeParam(desk),
    json: { confirmationToken: values.text('confirmationToken') },
  });
  return done(desk.path, 'announced');
};

const stop: Act = async (desk) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/change-notices/:noticeId/cancellation', {
    param: noticeParam(desk),
  });
  return done(desk.path, 'announcementStopped');
};
