import { sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import type { ReportedStatus } from '../channels/whatsapp/sender-plugin.ts';

export type NamedReport = {
  /** The provider's id of the message. */
  readonly messageId: string;
  /** Our delivery's id, if the message carried it. */
  readonly deliveryId?: string | undefined;
  readonly status: ReportedStatus;
  readonly failure?: string | undefined;
};

/**
 * Folds reported statuses into the deliveries of one sender. The furthest of sent, delivered, read counts, in any order
 * and number; a failure counts only for a message that was not delivered. Reports of other senders' or organisers'
 * messages change nothing. A delivery is looked up by each of its two keys separately, because an `or` between them
 * could be planned as a scan of the table.
 */
export async function foldStatuses(
  db: Db,
  sender: { id: string; organizerId: string | null },
  reports: readonly NamedReport[],
): Promise<void> {
  const rows = sql.join(
    reports.map(
      (report) =>
        sql`(${report.messageId}::text, ${report.deliveryId ?? null}::text, ${report.status}::text, ${report.failure ?? null}::text)`,
    ),
    sql`, `,
  );
  await db.execute(sql`
    with reported as (
      select d.id, max(array_position(array['sent', 'delivered', 'read'], r.status)) as rank,
        max(r.failure) filter (where r.status = 'failed') as failure, max(r.wamid) as wamid
      from (values ${rows}) as r (wamid, delivery_id, status, failure)
      cross join lateral (
        select m.id from deliveries m where m.provider_message_id = r.wamid
        union select m.id from deliveries m where m.id = r.delivery_id) f
      join deliveries d on d.id = f.id
      where d.channel = 'whatsapp' and (${sender.organizerId}::text is null or d.organizer_id = ${sender.organizerId})
        and (d.sender_id is null or d.sender_id = ${sender.id})
      group by d.id
    )
    update deliveries d set
      status = case
        when f.rank is not null and f.rank >= coalesce(array_position(array['sent', 'delivered', 'read'], d.status), 0)
          and (d.status <> 'failed' or f.rank >= 2) and not (f.failure is not null and f.rank < 2)
          then (array['sent', 'delivered', 'read'])[f.rank]
        when f.failure is not null and d.status in ('queued', 'sending', 'unknown', 'accepted', 'sent') then 'failed'
        else d.status end,
      failure = case
        when f.failure is not null and coalesce(f.rank, 0) < 2 and d.status in ('queued', 'sending', 'unknown', 'accepted', 'sent')
          then f.failure
        when f.rank >= 2 then null else d.failure end,
      provider_message_id = coalesce(d.provider_message_id, f.wamid),
      sender_id = ${sender.id},
      accepted_at = coalesce(d.accepted_at, now()),
      delivered_at = case when f.rank >= 2 then coalesce(d.delivered_at, now()) else d.delivered_at end,
      next_check_at = null
    from reported f where d.id = f.id`);
}

/** Recipients of these messages, as far as they are the organiser's; all of them for a number of the platform. */
export async function recipientKeysOf(
  db: Db,
  wamids: readonly string[],
  organizerId: string | null,
): Promise<string[]> {
  const rows = await rowsOf<{ recipient_key: string }>(
    db,
    sql`
      select distinct recipient_key from deliveries
      where channel = 'whatsapp' and provider_message_id = any(${arrayText(wamids)}::text[])
        and (${organizerId}::text is null or organizer_id = ${organizerId})`,
  );
  return rows.map((row) => row.recipient_key);
}
