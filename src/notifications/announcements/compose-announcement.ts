import { and, eq } from 'drizzle-orm';
import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { phoneDigits } from '../../platform/text/phone-number.ts';
import type { Composed } from '../channel.ts';
import type { Claim } from '../deliveries/queries.ts';
import type { OrderSubject } from '../deliveries/subject-queries.ts';
import { unsubscribeUrl } from '../news/unsubscribing/unsubscribe.ts';
import { announcementMail, announcementMessage } from '../templates/announcement.ts';
import type { OrderMailData } from '../templates/order-mail.ts';
import { isInAudience } from './audience.ts';
import { isOccasion } from './send-announcement.ts';
import { announcements } from './tables.ts';

/**
 * Makes the message of an announcement for one order; undefined when there is nothing to say any more: it was cancelled, the tickets
 * were taken back, the event has another date, or the buyer has stopped news meanwhile.
 */
export async function composeAnnouncement(
  deps: { readonly db: Db; readonly clock: Clock; readonly config: Pick<Config, 'PUBLIC_URL' | 'HASH_SECRET'> },
  claim: Pick<Claim, 'id' | 'channel' | 'version'>,
  { order, event, tickets }: OrderSubject,
  data: OrderMailData,
): Promise<Composed | undefined> {
  const [announcement] = await deps.db
    .select()
    .from(announcements)
    .where(and(eq(announcements.eventId, event.id), eq(announcements.number, claim.version)));
  if (announcement === undefined || announcement.status === 'cancelled') return undefined;
  if (tickets.length === 0 || !isOccasion(announcement, event)) return undefined;
  if (announcement.kind === 'reminder' && event.startsAt <= deps.clock.now()) return undefined;
  const of = { announcementId: announcement.id, orderId: order.id, channel: claim.channel };
  if (announcement.kind === 'news' && !(await isInAudience(deps.db, of))) return undefined;
  if (claim.channel === 'whatsapp') {
    return { channel: 'whatsapp', to: phoneDigits(order.buyerPhone), message: announcementMessage(announcement, data) };
  }
  return {
    channel: 'email',
    to: { name: data.buyerName ?? '', address: order.buyerEmail },
    mail: announcementMail(announcement, data, unsubscribeUrl(deps.config, claim.id)),
  };
}
