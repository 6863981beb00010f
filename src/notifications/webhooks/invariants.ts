import { sql } from 'drizzle-orm';
import { type Invariant, invariantOf } from '../../platform/invariant.ts';
import { logDays } from './limits.ts';

const graceMinutes = 2;
const stuckMinutes = 30;

/** Every fact that an endpoint subscribes to reaches it, each effect once. */
export const webhookInvariants: readonly Invariant[] = [
  invariantOf(
    'webhooks.facts_noted',
    'Every order that was paid while an endpoint wanted to hear of it is noted.',
    sql`
      select 'order ' || o.id || ' was paid and has no webhook' as sentence
      from webhook_endpoints w join events v on v.organizer_id = w.organizer_id
      cross join lateral (
        select o.id from orders o
        where o.event_id = v.id and o.paid_at > greatest(w.subscribed_since + make_interval(mins => ${graceMinutes}), now() - make_interval(days => ${logDays - 1}))
          and o.status in ('paid', 'partially_refunded', 'refunded')) o
      where w.status = 'active' and 'order.paid' = any (w.types)
        and not exists (select from webhooks m where m.subject_id = o.id and m.type = 'order.paid')`,
  ),
  invariantOf(
    'webhooks.noted_once',
    'What happens once to an order is noted once.',
    sql`
      select 'order ' || m.subject_id || ' has ' || count(*) || ' webhooks ' || m.type as sentence from webhooks m
      where m.type in ('order.paid', 'order.expired') group by m.subject_id, m.type having count(*) > 1`,
  ),
  invariantOf(
    'webhooks.noted_are_delivered',
    'Every webhook has a delivery to each endpoint that wants its type.',
    sql`
      select 'webhook ' || m.id || ' has no delivery to ' || w.id as sentence
      from webhook_endpoints w join webhooks m on m.organizer_id = w.organizer_id and m.type = any (w.types)
      where w.status = 'active' and m.occurred_at > w.subscribed_since + make_interval(mins => ${graceMinutes})
        and m.occurred_at > now() - make_interval(days => ${logDays - 1})
        and not exists (select from webhook_deliveries d where d.endpoint_id = w.id and d.webhook_id = m.id)`,
  ),
  invariantOf(
    'webhooks.in_order',
    'A webhook is delivered after those of the same subject before it, or after they were given up.',
    sql`
      select 'webhook ' || later.webhook_id || ' was delivered to ' || later.endpoint_id || ' before ' || d.webhook_id as sentence
      from webhook_deliveries d join webhook_deliveries later
        on later.endpoint_id = d.endpoint_id and later.subject_id = d.subject_id and later.webhook_id > d.webhook_id
      where d.status = 'pending' and d.tries > 0 and later.status = 'delivered' and later.tried_at > d.tried_at`,
  ),
  invariantOf(
    'webhooks.none_stuck',
    'No webhook that could be sent waits without a turn.',
    sql`
      select 'webhook ' || d.webhook_id || ' to ' || d.endpoint_id || ' is due and nobody sends it' as sentence
      from webhook_endpoints w join webhook_deliveries d on d.endpoint_id = w.id
      where w.status = 'active' and w.turn_until is null and coalesce(w.paused_until, '-infinity') < now() - make_interval(mins => ${stuckMinutes})
        and d.status = 'pending' and d.due_at < now() - make_interval(mins => ${stuckMinutes})
        and not exists (
          select from webhook_deliveries o
          where o.endpoint_id = d.endpoint_id and o.subject_id = d.subject_id and o.status = 'pending' and o.webhook_id < d.webhook_id)`,
  ),
];
