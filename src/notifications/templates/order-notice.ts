import type { Mail } from '../channel.ts';
import { type Fact, button, factTable, mailFrame, paragraph, softParagraph } from './parts/html.ts';
import { orderFooter } from './parts/order-footer.ts';
import { eventFacts, factLines } from './parts/order-facts.ts';
import type { OrderMailData } from './order-mail.ts';
import { words } from './parts/words.ts';

/**
 * The short mails about an order: one thing has happened, and the link to the order. They mention money only if there
 * is some.
 */
export function orderCancelledMail(data: OrderMailData): Mail {
  const say = words[data.locale].cancelled;
  const unpaid = data.total.amount === 0 ? say.free : say.unpaid;
  return noticeMail(data, {
    kicker: say.kicker,
    subject: say.subject(data.event.name),
    lead: say.lead(data.event.name),
    more: data.isPaid ? say.paid : unpaid,
    facts: eventFacts(data),
    privacy: false,
  });
}

/** Tickets were revoked. For free ones that is the end of the order and no refund. */
export function orderRefundedMail(data: OrderMailData): Mail {
  if (!data.isPaid) return orderCancelledMail(data);
  const say = words[data.locale].refunded;
  const { event, liveTickets, tickets } = data;
  const leadWithout = data.isRefunded ? say.leadAll : say.leadPart;
  const lead = liveTickets === 0 ? leadWithout(event.name) : say.leadSome(event.name, liveTickets);
  const facts = eventFacts(data);
  return noticeMail(data, { ...say, subject: say.subject(event.name), lead, facts, privacy: tickets.length > 0 });
}

export function orderLinkMail(data: OrderMailData): Mail {
  const say = words[data.locale].link;
  return noticeMail(data, {
    kicker: say.kicker,
    subject: say.subject(data.event.name),
    lead: say.lead(data.event.name),
    more: say.notYou,
    facts: eventFacts(data),
    privacy: true,
  });
}

export type NoticeMail = {
  readonly subject: string;
  readonly kicker: string;
  /** Default: the name of the event. */
  readonly title?: string;
  /** The first paragraphs. Inboxes show the beginning as a preview. */
  readonly lead: string | readonly string[];
  readonly more: string;
  readonly facts: readonly Fact[];
  /** Whether the link opens something that should stay private. */
  readonly privacy: boolean;
  readonly attachments?: Mail['attachments'];
};

/** The shape of all short mails about an order. */
export function noticeMail(
  data: OrderMailData,
  { subject, kicker, title = data.event.name, lead, more, facts, privacy, attachments = [] }: NoticeMail,
): Mail {
  const say = words[data.locale];
  const leads = [lead].flat();
  const small = privacy ? `${more} ${say.linkIsPrivate}` : more;
  const body = [
    paragraph(say.hello(data.buyerName)),
    ...leads.map(paragraph),
    button(say.openOrder, data.link),
    factTable(facts),
    softParagraph(small),
  ];
  return {
    subject,
    text: [
      say.hello(data.buyerName),
      ...leads,
      `${say.openOrder}: ${data.link}`,
      factLines(facts),
      small,
      orderFooter(data).text,
    ].join('\n\n'),
    html: mailFrame({
      locale: data.locale,
      preview: leads[0] ?? subject,
      kicker,
      title,
      body,
      footer: orderFooter(data).html,
    }),
    attachments,
  };
}

/** The entry for the holder's calendar: the earlier entry, changed or removed. */
export function calendarAttachment({ calendar }: Pick<OrderMailData, 'calendar'>): Mail['attachments'][number] {
  return {
    filename: 'event.ics',
    contentType: `text/calendar; charset=utf-8; method=${calendar.method}`,
    content: calendar.text,
  };
}
