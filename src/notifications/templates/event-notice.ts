import { formatClockIn, formatDateTime } from '../../platform/text/format-time.ts';
import type { Mail } from '../channel.ts';
import { planChanges, planOf } from '../notices/event-plan.ts';
import type { EventPlan } from '../notices/tables.ts';
import { eventWords } from './parts/event-words.ts';
import type { ShownEvent } from '../../catalog/index.ts';
import { placeLine } from '../../platform/text/place-line.ts';
import { eventFacts } from './parts/order-facts.ts';
import type { OrderMailData } from './order-mail.ts';
import { calendarAttachment, noticeMail } from './order-notice.ts';
import { words } from './parts/words.ts';

/** The event is off: its plan, what happens to the money if there is some, and the removal of the calendar's entry. */
export function eventCancelledMail(data: OrderMailData): Mail {
  const { event, locale } = data;
  const say = eventWords[locale].cancelled;
  const unpaid = data.total.amount === 0 ? say.free : say.unpaid;
  const hadTickets = data.isPaid || data.total.amount === 0;
  return noticeMail(data, {
    kicker: say.kicker,
    subject: say.subject(event.name),
    lead: say.lead(event.name, formatDateTime(event.startsAt, event.timeZone, locale)),
    more: data.isPaid ? say.paid : unpaid,
    facts: pastFacts(data),
    privacy: false,
    // Who had no ticket has no entry in the calendar.
    attachments: hadTickets ? [calendarAttachment(data)] : [],
  });
}

/** The event has no date any more: its plan, that tickets stay valid, and the removal of the calendar's entry. */
export function eventPostponedMail(data: OrderMailData): Mail {
  const { event, locale } = data;
  const say = eventWords[locale].postponed;
  return noticeMail(data, {
    kicker: say.kicker,
    subject: say.subject(event.name),
    lead: say.lead(event.name, formatDateTime(event.startsAt, event.timeZone, locale)),
    more: say.more,
    facts: pastFacts(data),
    privacy: true,
    attachments: [calendarAttachment(data)],
  });
}

/** The earlier time and place; without a date the doors have no time. */
function pastFacts(data: OrderMailData): [string, string][] {
  const { when, doors } = words[data.locale];
  return eventFacts({ ...data, event: { ...data.event, postponedAt: null } })
    .filter(([name]) => name !== doors)
    .map(([name, value]) => [name === when ? eventWords[data.locale].cancelled.when : name, value]);
}

/** The event takes place at another time or place: the earlier plan, the new plan, and the moved calendar entry. */
export function eventMovedMail(data: OrderMailData, before: EventPlan): Mail {
  const { event, locale } = data;
  const say = eventWords[locale].moved;
  return noticeMail(data, {
    ...movedLine(event, before, locale),
    kicker: say.kicker,
    more: say.more,
    facts: movedFacts(data, before),
    privacy: true,
    // A buyer who gave all tickets away is told because of the money, and does not plan to come.
    attachments: data.tickets.length === 0 ? [] : [calendarAttachment(data)],
  });
}

/** The change, as the subject and the first sentence of a mail. */
export function movedLine(
  event: ShownEvent,
  before: EventPlan,
  locale: 'id' | 'en',
): { readonly subject: string; readonly lead: string } {
  const say = eventWords[locale].moved;
  const { time, place } = planChanges(before, planOf({ ...event, postponedAt: null }));
  const date = formatDateTime(event.startsAt, event.timeZone, locale);
  const where = placeLine(event);
  const [subject, lead] = before.isPostponed
    ? [say.subjectDated(event.name), say.leadDated(event.name, date, where)]
    : time && place
      ? [say.subjectBoth(event.name), say.leadBoth(event.name, date, where)]
      : place
        ? [say.subjectPlace(event.name), say.leadPlace(event.name, where)]
        : [say.subjectTime(event.name), say.leadTime(event.name, date)];
  return { subject, lead };
}

/** Each changed part before and after; the other parts once. */
function movedFacts(data: OrderMailData, before: EventPlan): [string, string][] {
  const { event, locale } = data;
  const name = words[locale];
  const say = eventWords[locale].moved;
  const zone = event.timeZone;
  const pairs: readonly (readonly [name: string, before: string, now: string])[] = [
    [name.when, formatDateTime(before.startsAt, before.timeZone, locale), formatDateTime(event.startsAt, zone, locale)],
    [name.ends, formatDateTime(before.endsAt, before.timeZone, locale), formatDateTime(event.endsAt, zone, locale)],
    [
      name.doors,
      formatClockIn(before.doorsOpenAt, before.timeZone, locale),
      formatClockIn(event.doorsOpenAt, zone, locale),
    ],
    [name.where, placeLine(before), placeLine(event)],
  ];
  return [
    ...pairs.flatMap(([label, was, is]): [string, string][] => {
      if (was !== is)
        return [
          [say.before(label), was],
          [say.now(label), is],
        ];
      return label === name.ends ? [] : [[label, is]];
    }),
    [name.orderNumber, data.orderCode],
  ];
}
