import { type SQL, sql } from 'drizzle-orm';
import { type Actor, writeAudit } from '../../access/index.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { maskedAddress } from '../deliveries/list-deliveries.ts';
import { suppressionNotFound } from '../errors.ts';
import type { Channel, SuppressionReason } from '../tables.ts';

type Row = {
  readonly id: string;
  readonly channel: Channel;
  readonly address: string | null;
  readonly reason: SuppressionReason;
  readonly until: Date | null;
  readonly createdAt: Date;
};

/**
 * An organiser sees the suppressions that its own messages met, each under the id of the first such delivery. Only the
 * organiser that a complaint was about sees it.
 */
const isOwn = (organizerId: string): SQL => sql`
  d.organizer_id = ${organizerId} and d.status in ('failed', 'suppressed')
  and (s.until is null or s.until > now()) and (s.reason <> 'complaint' or d.failure = 'complaint')`;

/** Recipients that messages of the organiser do not reach, newest first; one more than `limit` when there are more. */
export async function listSuppressions(
  db: Db,
  { organizerId, before, limit }: { organizerId: string; before: string | undefined; limit: number },
) {
  const rows = await rowsOf<Row>(
    db,
    sql`
      with own as (
        select min(d.id) as id, s.channel, s.recipient_key, s.reason, s.until, s.created_at
        from deliveries d join suppressions s on s.channel = d.channel and s.recipient_key = d.recipient_key
        where ${isOwn(organizerId)}
        group by s.channel, s.recipient_key
        having ${before === undefined ? sql`true` : sql`min(d.id) < ${before}`}
        order by min(d.id) desc limit ${limit + 1}
      )
      select own.id, own.channel, own.reason, own.until, own.created_at as "createdAt",
        -- The address as it is now; an order that was corrected has none to show.
        case own.recipient_key when o.buyer_keys[1] then o.buyer_email when o.buyer_keys[2] then o.buyer_phone end as address
      from own join deliveries d on d.id = own.id
      left join orders o on o.event_id = d.event_id and o.id = d.subject_id
      order by own.id desc`,
  );
  return rows.map(({ id, channel, address, reason, until, createdAt }) => ({
    id,
    channel,
    recipient: address === null ? null : maskedAddress(channel, address),
    reason,
    until: until === null ? null : new Date(until).toISOString(),
    createdAt: new Date(createdAt).toISOString(),
  }));
}

/**
 * Lets messages reach the recipient again, other organisers' too. Another bounce or complaint suppresses it again.
 * @throws DomainError suppression.not_found
 */
export async function liftSuppression(
  deps: { db: Db },
  { actor, suppressionId }: { actor: Actor; suppressionId: string },
): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const lifted = await rowsOf<{ channel: Channel; reason: string }>(
      tx,
      sql`
        delete from suppressions s using deliveries d
        where d.id = ${suppressionId} and s.channel = d.channel and s.recipient_key = d.recipient_key
          and ${isOwn(actor.organizerId)}
        returning s.channel, s.reason`,
    );
    const [changes] = lifted;
    if (changes === undefined) throw suppressionNotFound();
    await writeAudit(tx, { actor, act: 'suppression.lifted', subjectId: suppressionId, changes });
  });
}
