import { sql } from 'drizzle-orm';
import { type Actor, writeAudit } from '../../access/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { eventIdOf, newId } from '../../platform/ids.ts';
import { orderNotFound } from '../../access/errors.ts';
import { nothingToSend, resendLimited } from '../errors.ts';
import { sendable } from '../metrics.ts';
import { queueOrderDeliveries } from './queue-queries.ts';

const resendsMax = 5;
const resendsWithinHours = 24;
const resendRetrySeconds = 3600;

/**
 * Sends the tickets of a paid order again, as a new version, on every channel that they were sent on.
 * @returns the ids of the new deliveries
 * @throws DomainError order.not_found, notification.nothing_to_send, notification.resend_limited
 */
export async function resendTickets(
  deps: { db: Db; clock: Clock },
  { actor, orderId }: { actor: Actor; orderId: string },
): Promise<string[]> {
  const eventId = eventIdOf(orderId);
  const now = deps.clock.now();
  const added = await transaction(deps.db, async (tx) => {
    if (!(await organizerHasOrder(tx, { organizerId: actor.organizerId, eventId, orderId }))) throw orderNotFound();
    if ((await resendsSince(tx, orderId, resendsWithinHours)) >= resendsMax) throw resendLimited(resendRetrySeconds);
    const notice = { eventId, orderId, emailId: newId('dlv', now), whatsappId: newId('dlv', now) };
    const added = await queueOrderDeliveries(tx, 'tickets', [notice], { resend: true });
    if (added.length === 0) throw nothingToSend();
    await writeAudit(tx, {
      actor,
      act: 'order.tickets_resent',
      subjectId: orderId,
      changes: { deliveries: added.filter(({ cappedBy }) => cappedBy === null).length },
    });
    return added;
  });
  const ids = sendable(added);
  // Recorded as capped, and reported: somebody else has sent this recipient enough.
  if (ids.length === 0) throw resendLimited(resendRetrySeconds);
  return ids;
}

/** Locks the order's row, so that two re-sends of one order are counted one after the other. */
async function organizerHasOrder(
  db: Db,
  { organizerId, eventId, orderId }: { organizerId: string; eventId: string; orderId: string },
): Promise<boolean> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`select id from orders where event_id = ${eventId} and id = ${orderId} and organizer_id = ${organizerId} for no key update`,
  );
  return rows.length > 0;
}

/** Versions of the tickets mail after the first that were made in the last hours. */
async function resendsSince(db: Db, orderId: string, hours: number): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`
      select count(*)::int as count from deliveries
      where subject_id = ${orderId} and template = 'tickets' and channel = 'email' and version > 1 and status <> 'capped'
        and created_at > now() - make_interval(hours => ${hours})`,
  );
  return row?.count ?? 0;
}
