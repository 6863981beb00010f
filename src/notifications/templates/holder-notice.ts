import { invariant } from '../../platform/assert.ts';
import { formatDateTime } from '../../platform/text/format-time.ts';
import type { Mail } from '../channel.ts';
import type { EventPlan } from '../notices/tables.ts';
import { movedLine } from './event-notice.ts';
import { eventWords } from './parts/event-words.ts';
import { type HolderMailData, openTicketWords } from './holder-mail.ts';
import { calendarAttachment } from './order-notice.ts';
import { shortMail } from './parts/short-mail.ts';

export type HolderNoticeTemplate = 'event_cancelled' | 'event_moved' | 'event_postponed';

type HolderWords = Readonly<Record<HolderNoticeTemplate, string>>;

const id: HolderWords = {
  event_cancelled: 'Tiket Anda tidak berlaku lagi. Anda tidak perlu melakukan apa pun.',
  event_moved: 'Tiket Anda tetap berlaku.',
  event_postponed:
    'Tiket Anda tetap berlaku untuk tanggal yang baru. Begitu tanggalnya ditentukan, kami mengabari Anda.',
};
const en: HolderWords = {
  event_cancelled: 'Your ticket is no longer valid. You need do nothing.',
  event_moved: 'Your ticket stays valid.',
  event_postponed: 'Your ticket stays valid for the new date, and we will tell you as soon as there is one.',
};
const holderWords = { id, en };

/**
 * Tells a person who was given a ticket what happened to the event. Nothing about money, which was the buyer's.
 * @param before the plan that holders know, if the event moved
 */
export function holderNoticeMail(
  data: HolderMailData,
  { template, before }: { template: HolderNoticeTemplate; before: EventPlan | undefined },
): Mail {
  const { event, locale } = data;
  const say = holderWords[locale];
  const kind = kinds[template];
  const words = eventWords[locale];
  const date = formatDateTime(event.startsAt, event.timeZone, locale);
  const told =
    kind === 'moved' && before !== undefined
      ? movedLine(event, before, locale)
      : kind !== 'moved' && { subject: words[kind].subject(event.name), lead: words[kind].lead(event.name, date) };
  invariant(told !== false, 'an event that moved has a plan from before');
  return shortMail(data, {
    ...told,
    kicker: words[kind].kicker,
    more: say[template],
    when: kind === 'moved' ? 'planned' : 'past',
    ...(kind === 'cancelled' ? {} : { link: { text: openTicketWords[locale], url: data.link } }),
    attachments: [calendarAttachment(data)],
  });
}

const kinds = { event_cancelled: 'cancelled', event_moved: 'moved', event_postponed: 'postponed' } as const;
