import { sql } from 'drizzle-orm';
import { type Invariant, invariantOf } from '../platform/invariant.ts';
import { announcementInvariants } from './announcements/invariants.ts';

const graceMinutes = 2;
const stuckMinutes = 30;

/** Every paid order is notified, each effect once. */
export const notificationInvariants: readonly Invariant[] = [
  invariantOf(
    'notifications.paid_orders_notified',
    'Every paid order has a mail with its tickets on the way.',
    sql`
      select 'order ' || o.id || ' was paid and has no tickets delivery by email' as sentence from orders o
      where o.paid_at <= now() - make_interval(mins => ${graceMinutes}) and o.status in ('paid', 'partially_refunded')
        and not exists (select from deliveries d where d.subject_id = o.id and d.template = 'tickets' and d.channel = 'email')`,
  ),
  invariantOf(
    'notifications.paid_orders_not_capped',
    'Who has paid is sent the tickets, and told of a refund, however much was sent to the same address before.',
    sql`
      select 'delivery ' || d.id || ' of a paid order was kept back by a cap' as sentence
      from deliveries d join orders o on o.event_id = d.event_id and o.id = d.subject_id
      where d.status = 'capped' and d.template in ('tickets', 'order_refunded') and d.share <> 'resends'
        and o.total > 0 and o.paid_at is not null`,
  ),
  invariantOf(
    'notifications.caps_hold',
    'Nobody is sent more messages in an hour than the caps allow.',
    // A minute less than the hour: a row has the time when its transaction began, the count the time when the row was
    // counted.
    sql`
      select 'a recipient was sent ' || c.sent || ' messages of ' || c.share || ' by ' || c.channel || ' within an hour, with '
        || c.id as sentence
      from (
        select d.id, d.channel, d.recipient_key, d.share, count(*) over (
            partition by d.channel, d.recipient_key, d.share order by d.created_at
            range between interval '59 minutes' preceding and current row) as sent
        from deliveries d
        where d.share is not null and d.status <> 'capped' and d.created_at > now() - interval '3 hours') c
      join message_shares m on m.channel = c.channel and m.recipient_key = c.recipient_key and m.share = c.share
      where c.sent > m.hourly_max`,
  ),
  invariantOf(
    'notifications.holders_told',
    'Who holds tickets of an event that was called off or moved is told.',
    sql`
      select 'notice ' || id || ' of event ' || event_id || ' is due and its holders are not all told' as sentence
      from event_notices where ended_at is null and not is_held and due_at < now() - make_interval(mins => ${stuckMinutes})`,
  ),
  ...announcementInvariants,
  invariantOf(
    'notifications.none_stuck',
    'No message waits without anybody looking after it.',
    sql`
      select 'delivery ' || id || ' is ' || status || ' and nobody looks after it' as sentence from deliveries
      where status in ('queued', 'sending', 'unknown')
        and (next_check_at is null or next_check_at < now() - make_interval(mins => ${stuckMinutes}))`,
  ),
  invariantOf(
    'notifications.accepted_are_named',
    'What a provider has taken can be found there.',
    sql`
      select 'delivery ' || id || ' is ' || status || ' without the message id of its provider' as sentence from deliveries
      where status in ('accepted', 'sent', 'delivered', 'read') and (provider_message_id is null or accepted_at is null)`,
  ),
  invariantOf(
    'notifications.one_message_one_delivery',
    'One message of a provider belongs to one delivery.',
    sql`
      select 'message ' || min(d.id) || ' and ' || max(d.id) || ' have the same provider message id' as sentence from deliveries d
      where d.provider_message_id is not null group by d.channel, d.provider_message_id having count(*) > 1`,
  ),
  invariantOf(
    'notifications.whatsapp_has_sender',
    'Every WhatsApp message that was taken names the sender that it went out from.',
    sql`
      select 'delivery ' || id || ' was taken by WhatsApp and names no sender' as sentence from deliveries
      where channel = 'whatsapp' and accepted_at is not null and sender_id is null`,
  ),
  invariantOf(
    'notifications.inbound_purged',
    'What people wrote to senders is deleted after 30 days.',
    sql`
      select 'message ' || id || ' to sender ' || sender_id || ' should have been deleted' as sentence from inbound_messages
      where received_at < now() - interval '31 days'`,
  ),
];
