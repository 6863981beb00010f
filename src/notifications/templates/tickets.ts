import { html } from 'hono/html';
import { colours } from '../../platform/colours.ts';
import { groupTicketCode } from '../../orders/tickets/codes/group-ticket-code.ts';
import type { Mail, MailAttachment } from '../channel.ts';
import { qrPng } from '../deliveries/qr-png.ts';
import { type Fact, type Html, button, factTable, mailFrame, paragraph, softParagraph } from './parts/html.ts';
import { orderFooter } from './parts/order-footer.ts';
import { eventFacts, factLines, priceFacts } from './parts/order-facts.ts';
import type { OrderMailData } from './order-mail.ts';
import { calendarAttachment } from './order-notice.ts';
import { words } from './parts/words.ts';

/** With more tickets than this the mail has only the link, so that it stays far below 200 KB. */
const inlineTicketsMax = 10;

/** The mail of a paid order: its tickets with their QR codes, time and place, the amount paid, and a calendar entry. */
export function ticketsMail(data: OrderMailData): Mail {
  const say = words[data.locale];
  const count = data.tickets.length;
  const shown = count <= inlineTicketsMax ? data.tickets : [];
  const facts = [eventFacts(data), priceFacts(data)] as const;
  const body = [
    paragraph(say.hello(data.buyerName)),
    paragraph(`${say.tickets.lead(count, data.isPaid)} ${say.tickets.showAtDoor}`),
    ...(shown.length === 0
      ? [paragraph(say.tickets.tooMany(count))]
      : shown.map((ticket, index) => ticketPass(ticket, { index, label: say.tickets.ticketOf(index + 1, count) }))),
    button(say.tickets.open, data.link),
    softParagraph(say.tickets.print),
    ...(data.hasWallets ? [softParagraph(say.tickets.wallet)] : []),
    ...facts.map(factTable),
    softParagraph(`${say.tickets.keepSafe} ${say.linkIsPrivate}`),
  ];
  return {
    subject: say.tickets.subject(data.event.name),
    text: textOf(data, facts),
    html: mailFrame({
      locale: data.locale,
      preview: `${say.tickets.kicker} · ${data.orderCode}`,
      kicker: say.tickets.kicker,
      title: data.event.name,
      body,
      footer: orderFooter(data).html,
    }),
    attachments: [...shown.map(qrAttachment), calendarAttachment(data)],
  };
}

const contentIdOf = (index: number): string => `ticket-${index + 1}`;

/** The code of a ticket, for `ticketPass` to show. */
export function qrAttachment({ code }: { readonly code: string }, index: number): MailAttachment {
  const contentId = contentIdOf(index);
  return { filename: `${contentId}.png`, contentType: 'image/png', content: qrPng(code), contentId };
}

/** One ticket. The code is on white in every colour scheme, because scanners need it dark on light. */
export function ticketPass(
  ticket: OrderMailData['tickets'][number],
  { index, label }: { index: number; label: string },
): Html {
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="pass" style="border:1px solid ${colours.line};border-radius:12px;margin:0 0 16px"><tr>
<td width="172" style="padding:14px"><div style="background:#ffffff;border-radius:8px;padding:0;width:156px"><img src="cid:${contentIdOf(index)}" width="156" height="156" alt="QR ${index + 1}" style="display:block;width:156px;height:156px;image-rendering:pixelated"></div></td>
<td style="padding:14px 16px 14px 6px;vertical-align:middle">
<div class="soft" style="font-size:13px;color:${colours.muted}">${label}</div>
<div class="strong" style="font-size:19px;font-weight:700;line-height:1.3;padding:2px 0 6px">${ticket.categoryName}</div>
<div class="soft" style="font-family:Menlo,Consolas,monospace;font-size:11px;letter-spacing:.03em;color:${colours.muted}">${groupTicketCode(ticket.shortCode)}</div>
</td></tr></table>`;
}

function textOf(data: OrderMailData, facts: readonly (readonly Fact[])[]): string {
  const say = words[data.locale];
  const count = data.tickets.length;
  return [
    say.hello(data.buyerName),
    `${say.tickets.lead(count, data.isPaid)} ${say.tickets.showAtDoor}`,
    data.event.name,
    ...facts.map(factLines),
    count > inlineTicketsMax
      ? say.tickets.tooMany(count)
      : data.tickets
          .map(
            (ticket, index) =>
              `${say.tickets.ticketOf(index + 1, count)} · ${ticket.categoryName} · ${groupTicketCode(ticket.shortCode)}`,
          )
          .join('\n'),
    `${say.tickets.open}: ${data.link}`,
    say.tickets.print,
    ...(data.hasWallets ? [say.tickets.wallet] : []),
    say.tickets.keepSafe,
    say.linkIsPrivate,
    orderFooter(data).text,
  ].join('\n\n');
}
