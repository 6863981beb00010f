import { sql } from 'drizzle-orm';
import { type Invariant, invariantOf } from '../platform/invariant.ts';

const graceMinutes = 2;
const stuckMinutes = 30;

/** Every paid order is notified, each effect once (equation E10). */
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
];
