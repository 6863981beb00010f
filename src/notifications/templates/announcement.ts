import { formatDateTime } from '../../platform/text/format-time.ts';
import type { Announcement } from '../announcements/tables.ts';
import type { Mail, WhatsappMessage } from '../channel.ts';
import { announcementWords } from './parts/announcement-words.ts';
import { type HolderMailData, openTicketWords } from './holder-mail.ts';
import { mailFrame, paragraph, softLink } from './parts/html.ts';
import { orderFooter } from './parts/order-footer.ts';
import { placeLine } from '../../platform/text/place-line.ts';
import { eventFacts } from './parts/order-facts.ts';
import type { OrderMailData } from './order-mail.ts';
import { noticeMail } from './order-notice.ts';
import { shortMail } from './parts/short-mail.ts';
import { greetedName, messageParameter, orderMessage } from './whatsapp.ts';
import { words } from './parts/words.ts';

type Announced = Pick<Announcement, 'kind' | 'content'>;

/** @param unsubscribeUrl ends the organiser's news to the recipient; only news carries it */
export function announcementMail(announcement: Announced, data: OrderMailData, unsubscribeUrl: string): Mail {
  if (announcement.kind === 'reminder' || announcement.content === null) return reminderMail(data);
  return announcement.kind === 'news'
    ? newsMail(announcement.content[data.locale], data, unsubscribeUrl)
    : practicalMail(announcement.content[data.locale], data);
}

type Text = { readonly subject: string; readonly text: string };

/** The organiser's text to the holders of tickets, with their order. */
function practicalMail({ subject, text }: Text, data: OrderMailData): Mail {
  const own = announcementWords[data.locale].practical;
  return noticeMail(data, {
    kicker: own.kicker,
    subject,
    title: subject,
    lead: paragraphsOf(text),
    more: own.from(data.organizerName),
    facts: eventFacts(data),
    privacy: true,
  });
}

/** News is about no order: it has no link that opens one, and a way to unsubscribe. */
function newsMail({ subject, text }: Text, data: OrderMailData, unsubscribeUrl: string): Mail {
  const say = words[data.locale];
  const own = announcementWords[data.locale].news;
  const blocks = paragraphsOf(text);
  return {
    subject,
    text: [
      say.hello(data.buyerName),
      ...blocks,
      `${own.stop}: ${unsubscribeUrl}`,
      orderFooter(data, own.footer(data.organizerName)).text,
    ].join('\n\n'),
    html: mailFrame({
      locale: data.locale,
      preview: blocks[0] ?? subject,
      kicker: own.kicker(data.organizerName),
      title: subject,
      body: [paragraph(say.hello(data.buyerName)), ...blocks.map(paragraph), softLink(own.stop, unsubscribeUrl)],
      footer: orderFooter(data, own.footer(data.organizerName)).html,
    }),
    attachments: [],
    unsubscribeUrl,
  };
}

function reminderMail(data: OrderMailData): Mail {
  const { event, locale } = data;
  const say = announcementWords[locale].reminder;
  return noticeMail(data, {
    kicker: say.kicker,
    subject: say.subject(event.name),
    lead: say.lead(event.name, formatDateTime(event.startsAt, event.timeZone, locale)),
    more: say.more,
    facts: eventFacts(data),
    privacy: true,
  });
}

/**
 * For a person who was given a ticket: the organiser's text, or the reminder, with the ticket in place of the order.
 */
export function holderAnnouncementMail({ kind, content }: Announced, data: HolderMailData): Mail {
  const { event, locale, organizerName } = data;
  const link = { text: openTicketWords[locale], url: data.link };
  if (kind === 'reminder' || content === null) {
    const say = announcementWords[locale].reminder;
    return shortMail(data, {
      kicker: say.kicker,
      subject: say.subject(event.name),
      lead: say.lead(event.name, formatDateTime(event.startsAt, event.timeZone, locale)),
      more: `${say.moreForTicket} ${words[locale].linkIsPrivate}`,
      link,
    });
  }
  const { subject, text } = content[locale];
  const own = announcementWords[locale].practical;
  return shortMail(data, {
    kicker: own.kicker,
    subject,
    title: subject,
    lead: own.from(organizerName),
    blocks: paragraphsOf(text).map((block) => ({ text: block, html: paragraph(block) })),
    more: words[locale].linkIsPrivate,
    link,
  });
}

/** An announcement to a buyer as a WhatsApp message, with the organiser's short text. */
export function announcementMessage(announcement: Announced, data: OrderMailData): WhatsappMessage {
  const { event, locale } = data;
  const shortText = announcement.content?.[locale].shortText ?? '';
  if (announcement.kind === 'reminder') {
    const time = formatDateTime(event.startsAt, event.timeZone, locale);
    return orderMessage('event_reminder', data, [time, messageParameter(placeLine(event))]);
  }
  if (announcement.kind === 'practical') return orderMessage('event_practical', data, [messageParameter(shortText)]);
  return {
    template: 'event_news',
    locale,
    bodyParameters: [greetedName(data), messageParameter(data.organizerName), messageParameter(shortText)],
  };
}

/** Paragraphs, separated by blank lines. */
const paragraphsOf = (text: string): string[] =>
  text
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .filter((block) => block !== '');

/** The time to pay is nearly over. */
export function paymentExpiringMail(data: OrderMailData): Mail {
  const { event, locale, expiresAt } = data;
  const say = announcementWords[locale].paymentExpiring;
  return noticeMail(data, {
    kicker: say.kicker,
    subject: say.subject(event.name),
    lead: say.lead(event.name, formatDateTime(expiresAt, event.timeZone, locale)),
    more: say.more,
    facts: eventFacts(data),
    privacy: false,
  });
}
