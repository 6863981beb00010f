import { sql } from 'drizzle-orm';
import { type Invariant, invariantOf } from '../../platform/invariant.ts';
import { audienceOf } from './audience.ts';

const stuckMinutes = 30;

/** Each confirmed announcement has a delivery for each recipient, or ended with a reason. */
export const announcementInvariants: readonly Invariant[] = [
  invariantOf(
    'notifications.announcements_sent',
    'A confirmed announcement is sent to the end.',
    sql`
      select 'announcement ' || id || ' of event ' || event_id || ' was confirmed and is not sent to the end' as sentence
      from announcements where status = 'sending' and confirmed_at < now() - make_interval(mins => ${stuckMinutes})`,
  ),
  invariantOf(
    'notifications.announcements_reach_all',
    'Everybody in the audience of an announcement that was sent has its delivery, sent or with a reason.',
    // An audience of people who have entered grows after the sending, and a corrected address is another recipient.
    sql`
      select 'announcement ' || m.announcement_id || ' has no delivery by ' || m.channel || ' for order ' || m.order_id as sentence
      from (${audienceOf(sql`a.status = 'sent' and a.ended_at > now() - interval '1 day'
        and a.audience ->> 'checkedIn' is distinct from 'true' and o.link_version = 1 and r.channel = 'email'`)}) m
      join announcements n on n.id = m.announcement_id
      where not exists (
        select from deliveries d
        where d.event_id = n.event_id and d.version = n.number and d.channel = m.channel and d.recipient_key = m.key
          and d.template in ('event_practical', 'event_news', 'event_reminder'))`,
  ),
];
