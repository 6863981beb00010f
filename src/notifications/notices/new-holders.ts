import { sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import type { Db } from '../../platform/database/db.ts';
import { newId, orderIdOf } from '../../platform/ids.ts';
import type { Composed } from '../channel.ts';
import { isPaid } from '../deliveries/order-rules.ts';
import type { Claim } from '../deliveries/queries.ts';
import { type NewDelivery, queueDeliveries } from '../deliveries/queue-queries.ts';
import { withReplyTo } from '../deliveries/seller.ts';
import { type HolderDeps, findHolderSubject } from '../deliveries/ticket-holder.ts';
import { type HolderNoticeTemplate, holderNoticeMail } from '../templates/holder-notice.ts';
import { findNewHolders, findPlanBefore } from './queries.ts';
import type { EventNotice } from './tables.ts';

/**
 * People who were given tickets are told of changes to the event like its buyers: by mail, once per order whose tickets
 * they hold. They learn nothing about the order or about money.
 */

/** Queues the mails to new holders of tickets of these orders. */
export async function queueHolderNotices(
  tx: Db,
  notice: EventNotice,
  {
    orderIds,
    template,
    version,
    now,
  }: { orderIds: readonly string[]; template: HolderNoticeTemplate; version: number; now: Date },
): Promise<NewDelivery[]> {
  const found = await findNewHolders(tx, notice, orderIds);
  if (found.length === 0) return [];
  return queueDeliveries(
    tx,
    template,
    sql`
      select g.id, o.organizer_id, o.event_id, g.ticket_id as subject_id, ${template}::text as template, 'email'::text as channel,
        g.holder_key as recipient_key, ${version}::integer as version,
        case when ${isPaid} then null else 'events' end as share
      from unnest(${arrayText(found.map(() => newId('dlv', now)))}::text[], ${arrayText(found.map(({ ticketId }) => orderIdOf(ticketId)))}::text[],
        ${arrayText(found.map(({ ticketId }) => ticketId))}::text[], ${arrayText(found.map(({ holderKey }) => holderKey))}::text[])
        as g (id, order_id, ticket_id, holder_key)
      join orders o on o.event_id = ${notice.eventId} and o.id = g.order_id`,
  );
}

/**
 * The notice for the holder of a ticket; undefined if it is no longer true, or the ticket was given on or revoked
 * since.
 */
export async function composeHolderNotice(
  deps: HolderDeps,
  claim: Pick<Claim, 'subject_id' | 'recipient_key' | 'version'> & { readonly template: HolderNoticeTemplate },
): Promise<Composed | undefined> {
  const { subject_id: ticketId, recipient_key: holderKey, template } = claim;
  const holder = await findHolderSubject(deps, { ticketId, holderKey });
  if (holder === undefined) return undefined;
  const { event } = holder.subject;
  const isPostponed = event.postponedAt !== null;
  const isTrue =
    template === 'event_cancelled'
      ? event.status === 'cancelled'
      : event.status === 'published' && holder.isLive && isPostponed === (template === 'event_postponed');
  if (!isTrue) return undefined;
  const before = template === 'event_moved' ? await findPlanBefore(deps.db, event.id, claim.version) : undefined;
  if (template === 'event_moved' && before === undefined) return undefined;
  const mail = holderNoticeMail(holder.data, { template, before });
  return withReplyTo({ channel: 'email', to: holder.to, mail }, holder.subject);
}
