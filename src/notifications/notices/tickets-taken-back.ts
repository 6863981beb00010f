import { sql } from 'drizzle-orm';
import type { Clock } from '../../platform/clock.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import type { Composed } from '../channel.ts';
import type { Deliveries } from '../deliveries/deliveries.ts';
import { isPaid } from '../deliveries/order-rules.ts';
import type { Claim } from '../deliveries/queries.ts';
import { queueDeliveries } from '../deliveries/queue-queries.ts';
import { withReplyTo } from '../deliveries/seller.ts';
import { type HolderDeps, findHolderSubject } from '../deliveries/ticket-holder.ts';
import { sendable } from '../metrics.ts';
import { ticketWithdrawnMail } from '../templates/ticket-transfer.ts';
import { notifyOrder } from './notify.ts';

/**
 * Tells the buyer that tickets of the order were revoked, and mails each person who was given one of them, once per ticket. A cancelled
 * event has its own notice instead. Safe to repeat.
 */
export async function notifyTakenBack(
  deps: { readonly db: Db; readonly deliveries: Pick<Deliveries, 'queue'>; readonly clock: Clock },
  template: 'order_cancelled' | 'order_refunded',
  order: { readonly eventId: string; readonly orderId: string },
): Promise<void> {
  await notifyOrder(deps, template, order);
  const found = await rowsOf<{ ticketId: string; holderKey: string }>(
    deps.db,
    sql`
      select t.id as "ticketId", h.holder_key as "holderKey"
      from orders o
      join events e on e.id = o.event_id and e.status = 'published'
      join tickets t on t.event_id = o.event_id and t.order_id = o.id and t.times_transferred > 0 and t.status = 'revoked'
      join ticket_transfers h on h.event_id = t.event_id and h.ticket_id = t.id and h.number = t.times_transferred
      where o.event_id = ${order.eventId} and o.id = ${order.orderId} and h.holder_key <> o.buyer_keys[1]`,
  );
  if (found.length === 0) return;
  const now = deps.clock.now();
  sendable(
    await queueDeliveries(
      deps.db,
      'ticket_withdrawn',
      sql`
        select g.id, o.organizer_id, o.event_id, g.ticket_id as subject_id, 'ticket_withdrawn'::text as template, 'email'::text as channel,
          g.holder_key as recipient_key, 1 as version, case when ${isPaid} then null else 'transfers' end as share
        from unnest(${arrayText(found.map(() => newId('dlv', now)))}::text[], ${arrayText(found.map(({ ticketId }) => ticketId))}::text[],
          ${arrayText(found.map(({ holderKey }) => holderKey))}::text[]) as g (id, ticket_id, holder_key)
        join orders o on o.event_id = ${order.eventId} and o.id = ${order.orderId}`,
    ),
  );
}

/** Undefined if the event was cancelled meanwhile, because its own notice tells them. */
export async function composeTicketWithdrawn(
  deps: HolderDeps,
  claim: Pick<Claim, 'subject_id' | 'recipient_key'>,
): Promise<Composed | undefined> {
  const holder = await findHolderSubject(deps, { ticketId: claim.subject_id, holderKey: claim.recipient_key });
  if (holder === undefined || holder.isLive || holder.subject.event.status !== 'published') return undefined;
  return withReplyTo({ channel: 'email', to: holder.to, mail: ticketWithdrawnMail(holder.data) }, holder.subject);
}
