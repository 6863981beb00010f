import { html } from 'hono/html';
import { askWords } from '../../../i18n/words/desk/asks.ts';
import { formatDate } from '../../../../platform/text/format-time.ts';
import { teamWords } from '../../../i18n/words/desk/team.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { eventParam, eventView, ownEvent } from '../events/own-event.ts';
import { textField } from '../parts/fields.ts';
import { deskForm } from '../parts/form.ts';
import { linkButton, panel } from '../parts/pieces.ts';
import { qrCode } from '../parts/qr-code.ts';
import { pageQuery, paging, table } from '../parts/table.ts';
import { endingColumns } from './ending-columns.ts';

/** The devices that may scan for an event. */
export function devicePages(addPage: AddPage): void {
  addPage('/desk/events/:eventId/devices', showDevices, { add, end });
}

async function showDevices(desk: Desk): Promise<View> {
  const { language, slug } = desk;
  const words = teamWords[language];
  const event = await ownEvent(desk);
  const { data, nextCursor } = await desk.api.get('/v1/organizers/:slug/devices', {
    param: { slug },
    query: { eventId: event.id, ...pageQuery(desk) },
  });
  const form = desk.form('add');
  return {
    title: words.devices,
    ...eventView(event),
    eventSection: 'devices',
    body: html`<p class="lead">${words.devicesLead}</p>
${
  data.length === 0
    ? html`<p class="nothing">${words.noDevices}</p>`
    : table({
        caption: words.devices,
        rows: data,
        columns: [
          { label: words.deviceName, cell: ({ name }) => name },
          { label: words.created, cell: ({ createdAt }) => formatDate(createdAt, event.timeZone, language, 'medium') },
          ...endingColumns<(typeof data)[number]>(desk, 'deviceId', askWords[language].device),
        ],
      })
}${paging(desk, nextCursor)}
${panel(
  words.newDevice,
  deskForm(desk, {
    form,
    body: textField(form, language, { name: 'name', label: words.deviceName, hint: words.deviceHint, maxlength: 120 }),
    submit: words.pair,
  }),
)}`,
  };
}

/** Shows the token in the response, because only its hash is stored. The QR code carries it in the fragment, which no server sees. */
const add: Act = async (desk, values) => {
  const words = teamWords[desk.language];
  const event = await ownEvent(desk);
  const { name, token } = await desk.api.post('/v1/organizers/:slug/devices', {
    param: { slug: desk.slug },
    json: { eventId: event.id, name: values.text('name') },
  });
  return {
    title: `${words.pair}: ${name}`,
    ...eventView(event),
    eventSection: 'devices',
    body: html`<p class="lead">${words.pairLead}</p>
<p>${qrCode(`${desk.publicUrl}/door#device=${token}`, words.pairCode)}</p><p>${words.orType}</p><p><code class="secret">${token}</code></p>
<p>${linkButton(`/desk/events/${event.id}/devices`, words.back, true)}</p>`,
  };
};

const end: Act = async (desk, values) => {
  await desk.api.delete('/v1/organizers/:slug/devices/:deviceId', {
    param: { slug: desk.slug, deviceId: values.text('deviceId') },
  });
  return done(`/desk/events/${eventParam(desk).eventId}/devices`, 'deviceEnded');
};
