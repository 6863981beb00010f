import { and, eq } from 'drizzle-orm';
import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { phoneDigits } from '../../platform/text/phone-number.ts';
import type { Composed } from '../channel.ts';
import type { Claim } from '../deliveries/queries.ts';
import { withReplyTo } from '../deliveries/seller.ts';
import type { OrderSubject } from '../deliveries/subject-queries.ts';
import { type HolderDeps, findHolderSubject } from '../deliveries/ticket-holder.ts';
import { unsubscribeUrl } from '../news/unsubscribing/unsubscribe.ts';
import { announcementMail, announcementMessage, holderAnnouncementMail } from '../templates/announcement.ts';
import type { OrderMailData } from '../templates/order-mail.ts';
import { isInAudience } from './audience.ts';
import { isOccasion } from './send-announcement.ts';
import { type Announcement, announcements } from './tables.ts';

type Deps = HolderDeps & { readonly clock: Clock; readonly config: Pick<Config, 'HASH_SECRET'> };

/**
 * Makes the message of an announcement for one order. Undefined if there is nothing to say any more: it was cancelled,
 * the tickets were revoked or given on, the event has another date, or the buyer has stopped news.
 */
export async function composeAnnouncement(
  deps: Deps,
  claim: Pick<Claim, 'id' | 'channel' | 'version'>,
  { order, event, tickets, liveTickets }: OrderSubject,
  data: OrderMailData,
): Promise<Composed | undefined> {
  const announcement = await findToSay(deps, event, claim.version);
  if (announcement === undefined) return undefined;
  const of = { announcementId: announcement.id, orderId: order.id, channel: claim.channel };
  const isTheirs =
    announcement.kind === 'news' ? liveTickets > 0 && (await isInAudience(deps.db, of)) : tickets.length > 0;
  if (!isTheirs) return undefined;
  if (claim.channel === 'whatsapp') {
    return { channel: 'whatsapp', to: phoneDigits(order.buyerPhone), message: announcementMessage(announcement, data) };
  }
  return {
    channel: 'email',
    to: { name: data.buyerName ?? '', address: order.buyerEmail },
    mail: announcementMail(announcement, data, unsubscribeUrl(deps.config, claim.id)),
  };
}

/** Makes the message for the holder of a ticket that was given on; also undefined if somebody else holds it now. */
export async function composeHolderAnnouncement(
  deps: Deps,
  claim: Pick<Claim, 'subject_id' | 'recipient_key' | 'version'>,
): Promise<Composed | undefined> {
  const holder = await findHolderSubject(deps, { ticketId: claim.subject_id, holderKey: claim.recipient_key });
  if (holder?.isLive !== true) return undefined;
  const { subject, to, data } = holder;
  const announcement = await findToSay(deps, subject.event, claim.version);
  if (announcement === undefined) return undefined;
  return withReplyTo({ channel: 'email', to, mail: holderAnnouncementMail(announcement, data) }, subject);
}

/** The announcement of the event with this number, if it is still to be sent. */
async function findToSay(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  event: OrderSubject['event'],
  number: number,
): Promise<Announcement | undefined> {
  const [announcement] = await db
    .select()
    .from(announcements)
    .where(and(eq(announcements.eventId, event.id), eq(announcements.number, number)));
  if (announcement === undefined || announcement.status === 'cancelled') return undefined;
  if (!isOccasion(announcement, event)) return undefined;
  return announcement.kind === 'reminder' && event.startsAt <= clock.now() ? undefined : announcement;
}
