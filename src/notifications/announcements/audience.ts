import { type SQL, sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import type { Channel } from '../tables.ts';
import { audienceLagSeconds } from './limits.ts';

/**
 * The recipients of announcements, as rows of announcement_id, order_id, ticket_id, channel and key: buyers who still
 * hold a valid ticket of an order that was paid before the preview (ticket_id is null), and by mail the people who were
 * given such tickets before the confirmation. WhatsApp is used only if money has come or the buyer has confirmed the
 * phone. News goes only to buyers who agreed before the preview, have not stopped it since, and have paid or confirmed
 * this address. The tickets of an order are read once, for all of its recipients. News goes to buyers even after they gave their tickets
 * away.
 * @param which a condition on the announcement `a`, the order `o` and the recipient `r`
 */
export const audienceOf = (which: SQL): SQL => sql`
  select a.id as announcement_id, o.id as order_id, r.ticket_id, r.channel, r.key
  from announcements a
  cross join lateral (
    select exists (
      select from senders s where s.status <> 'disabled' and (s.organizer_id = a.organizer_id or s.organizer_id is null)) as has_sender
    offset 0) w
  join orders o on o.event_id = a.event_id
  cross join lateral (
    select bool_or(t.times_transferred = 0 or a.kind = 'news') as by_buyer,
      array_agg(t.id) filter (where t.times_transferred > 0 and a.kind <> 'news') as by_others
    from tickets t
    where t.event_id = o.event_id and t.order_id = o.id and t.status = 'live'
      and (a.audience -> 'ticketCategoryIds' is null or a.audience -> 'ticketCategoryIds' ? t.ticket_category_id)) held
  cross join lateral (
    select 'email' as channel, o.buyer_keys[1] as key, null::text as ticket_id where held.by_buyer
    union all select 'whatsapp', o.buyer_keys[2], null where held.by_buyer
    union all
    select 'email', h.holder_key, t.id
    from unnest(held.by_others) as given (id)
    join tickets t on t.event_id = o.event_id and t.id = given.id
    join ticket_transfers h on h.event_id = t.event_id and h.ticket_id = t.id and h.number = t.times_transferred
    where h.transferred_at <= coalesce(a.confirmed_at - make_interval(secs => ${audienceLagSeconds}), a.audience_until)) r
  cross join lateral (select o.total > 0 and o.paid_at is not null or coalesce(o.confirmed_key = r.key, false) as is_theirs) p
  where ${which} and o.status in ('paid', 'partially_refunded') and o.paid_at <= a.audience_until
    and r.channel = any(a.channels)
    and (a.audience -> 'checkedIn' is null or (a.audience ->> 'checkedIn')::boolean = exists (
      select from tickets t join admissions e on e.event_id = t.event_id and e.ticket_id = t.id
      where t.event_id = o.event_id and t.order_id = o.id
        and (t.id = r.ticket_id or r.ticket_id is null and (t.times_transferred = 0 or a.kind = 'news'))))
    and (r.channel = 'email' or o.buyer_phone <> '' and p.is_theirs and w.has_sender)
    and (a.kind <> 'news' or p.is_theirs and exists (
      select from news_consents c
      where c.event_id = o.event_id and c.order_id = o.id and c.withdrawn_at is null and c.given_at <= a.audience_until
        and not exists (
          select from news_stops s
          where s.organizer_id in (a.organizer_id, '') and s.channel = r.channel and s.recipient_key = r.key and s.is_stopped
            and (s.channel = 'whatsapp' or s.said_at >= c.given_at))))`;

export type Reach = Readonly<Record<Channel, number>> & {
  /** Changes when a recipient is added or leaves. */
  readonly fingerprint: string;
};

/** The number of different addresses that an announcement reaches on each channel. */
export async function countAudience(db: Db, announcementId: string): Promise<Reach> {
  const rows = await rowsOf<{ channel: Channel; recipients: number; sum: string }>(
    db,
    sql`
      select channel, count(*)::int as recipients, sum(hashtextextended(key, 0))::text as sum
      from (select distinct channel, key from (${audienceOf(sql`a.id = ${announcementId}`)}) m) d
      group by channel order by channel`,
  );
  const of = (channel: Channel) => rows.find((row) => row.channel === channel)?.recipients ?? 0;
  return {
    email: of('email'),
    whatsapp: of('whatsapp'),
    fingerprint: rows.map(({ channel, recipients, sum }) => `${channel} ${recipients} ${sum}`).join('\n'),
  };
}

/** Whether the order is still in the audience. Reasons to hold news back count at the moment of sending. */
export async function isInAudience(
  db: Db,
  { announcementId, orderId, channel }: { announcementId: string; orderId: string; channel: Channel },
): Promise<boolean> {
  const which = sql`a.id = ${announcementId} and o.id = ${orderId} and r.channel = ${channel}`;
  const rows = await rowsOf<{ key: string }>(db, sql`select key from (${audienceOf(which)}) m limit 1`);
  return rows.length > 0;
}
