import { html } from 'hono/html';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { homeTimeZone } from '../../../../platform/text/home.ts';
import { codeText } from '../../../i18n/words/desk/log-values.ts';
import { messageTextWords } from '../../../i18n/words/desk/messages/message-texts.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { rowForm } from '../parts/form.ts';
import { pageQuery, paging, table } from '../parts/table.ts';

const suppressionsPath = '/desk/suppressions';

/** What people wrote back, and the addresses that get nothing any more. */
export function answerPages(addPage: AddPage): void {
  addPage('/desk/inbound-messages', showInbound);
  addPage(suppressionsPath, showSuppressions, { lift });
}

async function showInbound(desk: Desk): Promise<View> {
  const { language, slug } = desk;
  const words = messageTextWords[language];
  const { data, nextCursor } = await desk.api.get('/v1/organizers/:slug/inbound-messages', {
    param: { slug },
    query: pageQuery(desk),
  });
  return {
    title: words.inbound,
    section: 'connections',
    body: html`<p class="lead">${words.inboundLead}</p>${
      data.length === 0
        ? html`<p class="nothing">${words.noInbound}</p>`
        : table({
            caption: words.inbound,
            rows: data,
            columns: [
              { label: words.phone, cell: ({ phone }) => phone },
              {
                label: words.text,
                cell: ({ text, command }) =>
                  command === null ? text || words.noText : `${text} (${words.commands[command]})`,
              },
              {
                label: words.at,
                cell: ({ receivedAt }) => formatDateTime(receivedAt, homeTimeZone, language, 'medium'),
              },
            ],
          })
    }${paging(desk, nextCursor)}`,
  };
}

async function showSuppressions(desk: Desk): Promise<View> {
  const { language, slug } = desk;
  const words = messageTextWords[language];
  const { data, nextCursor } = await desk.api.get('/v1/organizers/:slug/suppressions', {
    param: { slug },
    query: pageQuery(desk),
  });
  return {
    title: words.suppressions,
    section: 'connections',
    body: html`<p class="lead">${words.suppressionsLead}</p>${
      data.length === 0
        ? html`<p class="nothing">${words.noSuppressions}</p>`
        : table({
            caption: words.suppressions,
            rows: data,
            columns: [
              { label: words.recipient, cell: ({ recipient }) => recipient ?? words.noRecipient },
              { label: words.channel, cell: ({ channel }) => words.channels[channel] },
              { label: words.reason, cell: ({ reason }) => codeText('reason', reason, language) },
              {
                label: words.until,
                cell: ({ until }) =>
                  until === null ? words.forGood : formatDateTime(until, homeTimeZone, language, 'medium'),
              },
              {
                label: words.lift,
                cell: ({ id, recipient }) =>
                  rowForm(desk, {
                    act: 'lift',
                    idField: 'suppressionId',
                    id,
                    submit: recipient === null ? words.lift : `${words.lift}: ${recipient}`,
                  }),
              },
            ],
          })
    }${paging(desk, nextCursor)}`,
  };
}

const lift: Act = async (desk, values) => {
  await desk.api.delete('/v1/organizers/:slug/suppressions/:suppressionId', {
    param: { slug: desk.slug, suppressionId: values.text('suppressionId') },
  });
  return done(suppressionsPath, 'removed');
};
