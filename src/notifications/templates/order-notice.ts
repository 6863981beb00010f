import type { Mail } from '../channel.ts';
import { button, factTable, join, mailFrame, paragraph, softParagraph } from './html.ts';
import { eventFacts, factLines } from './order-facts.ts';
import type { OrderMailData } from './order-mail.ts';
import { words } from './words.ts';

/** The short mails about an order: one thing has happened, here is the order. */
export function orderCancelledMail(data: OrderMailData): Mail {
  const say = words[data.locale].cancelled;
  return notice(data, {
    ...say,
    subject: say.subject(data.event.name),
    lead: say.lead(data.event.name),
    privacy: false,
  });
}

export function orderRefundedMail(data: OrderMailData): Mail {
  const say = words[data.locale].refunded;
  const left = data.tickets.length;
  const lead = left === 0 ? say.leadAll(data.event.name) : say.leadSome(data.event.name, left);
  return notice(data, { ...say, subject: say.subject(data.event.name), lead, privacy: left > 0 });
}

export function orderLinkMail(data: OrderMailData): Mail {
  const say = words[data.locale].link;
  return notice(data, {
    kicker: say.kicker,
    subject: say.subject(data.event.name),
    lead: say.lead(data.event.name),
    more: say.notYou,
    privacy: true,
  });
}

type Notice = {
  readonly subject: string;
  readonly kicker: string;
  readonly lead: string;
  readonly more: string;
  readonly privacy: boolean;
};

function notice(data: OrderMailData, { subject, kicker, lead, more, privacy }: Notice): Mail {
  const say = words[data.locale];
  const small = privacy ? `${more} ${say.linkIsPrivate}` : more;
  const body = join([
    paragraph(say.hello(data.buyerName)),
    paragraph(lead),
    button(say.openOrder, data.link),
    factTable(eventFacts(data)),
    softParagraph(small),
  ]);
  return {
    subject,
    text: [
      say.hello(data.buyerName),
      lead,
      `${say.openOrder}: ${data.link}`,
      factLines(eventFacts(data)),
      small,
      say.footer(data.organizerName),
    ].join('\n\n'),
    html: mailFrame({
      locale: data.locale,
      preview: lead,
      kicker,
      title: data.event.name,
      body,
      footer: say.footer(data.organizerName),
    }),
    attachments: [],
  };
}
