import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { orderNotFound } from '../../access/errors.ts';

/** The version of the wording that was shown. The texts are in `src/web/i18n/words/news.ts`. */
export type NewsConsent = { readonly wording: string; readonly locale: 'id' | 'en' };

/**
 * Records that the buyer of an order wants news of its organiser. Repeating it changes nothing; after a withdrawal or
 * an unsubscription it counts as a new consent.
 * @throws DomainError order.not_found
 */
export async function giveNewsConsent(
  deps: { db: Db },
  { orderId, wording, locale }: NewsConsent & { orderId: string },
): Promise<void> {
  const eventId = eventIdOf(orderId);
  const rows = await rowsOf<{ id: string }>(
    deps.db,
    sql`
      with subject as (
        select event_id, id, organizer_id, buyer_keys from orders where event_id = ${eventId} and id = ${orderId}
      ), given as (
        insert into news_consents as c (event_id, order_id, organizer_id, wording, locale)
        select event_id, id, organizer_id, ${wording}, ${locale} from subject
        on conflict (event_id, order_id) do update
          set wording = excluded.wording, locale = excluded.locale, given_at = now(), withdrawn_at = null
          where c.withdrawn_at is not null or exists (
            select from subject join news_stops s on s.organizer_id = subject.organizer_id and s.channel = 'email'
              and s.recipient_key = subject.buyer_keys[1]
            where s.is_stopped and s.said_at >= c.given_at)
      )
      select id from subject`,
  );
  if (rows.length === 0) throw orderNotFound();
}

/** The buyer wants no news any more. The record of earlier consent stays. */
export async function withdrawNewsConsent(deps: { db: Db }, orderId: string): Promise<void> {
  await deps.db.execute(sql`
    update news_consents set withdrawn_at = now()
    where event_id = ${eventIdOf(orderId)} and order_id = ${orderId} and withdrawn_at is null`);
}

export type NewsAudience = { readonly email: number; readonly whatsapp: number };

/**
 * How many different addresses of an event's buyers may get news now. Money has come for the order, or its buyer has
 * confirmed the address: a stranger who types somebody's address gives no consent for that person. STOP by reply counts
 * for WhatsApp. For mail, an unsubscription counts until the buyer agrees again.
 * @returns undefined for an event that is not the organiser's
 */
export async function countNewsAudience(
  deps: { db: Db },
  { organizerId, eventId }: { organizerId: string; eventId: string },
): Promise<NewsAudience | undefined> {
  const [row] = await rowsOf<{ email: number; whatsapp: number }>(
    deps.db,
    sql`
      with agreed as (
        select o.buyer_keys, (o.total > 0 and o.paid_at is not null) as is_paid, o.confirmed_key, o.buyer_phone,
          c.given_at
        from news_consents c join orders o on o.event_id = c.event_id and o.id = c.order_id
        where c.event_id = ${eventId} and c.withdrawn_at is null
      ), reached as (
        select 'email' as channel, buyer_keys[1] as key, max(given_at) as given_at from agreed
        where is_paid or confirmed_key = buyer_keys[1] group by 2
        union all
        select 'whatsapp', buyer_keys[2], max(given_at) from agreed
        where buyer_phone <> '' and (is_paid or confirmed_key = buyer_keys[2]) group by 2
      )
      select count(*) filter (where r.channel = 'email')::int as email,
        count(*) filter (where r.channel = 'whatsapp')::int as whatsapp
      from events e left join reached r on not exists (
        select from news_stops s where s.organizer_id in (${organizerId}, '') and s.channel = r.channel
          and s.recipient_key = r.key and s.is_stopped and (s.channel = 'whatsapp' or s.said_at >= r.given_at))
      where e.id = ${eventId} and e.organizer_id = ${organizerId}
      group by e.id`,
  );
  return row;
}
