import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../platform/db.ts';
import { type Invariant, invariantSampleMax } from '../platform/invariant.ts';

const graceMinutes = 2;
const stuckMinutes = 30;

async function sentences(db: Db, statement: ReturnType<typeof sql>): Promise<string[]> {
  const rows = await rowsOf<{ sentence: string }>(db, sql`${statement} limit ${invariantSampleMax}`);
  return rows.map((row) => row.sentence);
}

/** Every paid order is notified, each effect once (equation E10). */
export const notificationInvariants: readonly Invariant[] = [
  {
    name: 'notifications.paid_orders_notified',
    promise: 'Every paid order has a mail with its tickets on the way.',
    find: (db) =>
      sentences(
        db,
        sql`
          select 'order ' || o.id || ' was paid and has no tickets delivery by email' as sentence from orders o
          where o.paid_at <= now() - make_interval(mins => ${graceMinutes}) and o.status in ('paid', 'partially_refunded')
            and not exists (select from deliveries d where d.subject_id = o.id and d.template = 'tickets' and d.channel = 'email')`,
      ),
  },
  {
    name: 'notifications.none_stuck',
    promise: 'No message waits without anybody looking after it.',
    find: (db) =>
      sentences(
        db,
        sql`
          select 'delivery ' || id || ' is ' || status || ' and nobody looks after it' as sentence from deliveries
          where status in ('queued', 'sending', 'unknown')
            and (next_check_at is null or next_check_at < now() - make_interval(mins => ${stuckMinutes}))`,
      ),
  },
  {
    name: 'notifications.accepted_are_named',
    promise: 'What a provider has taken can be found there.',
    find: (db) =>
      sentences(
        db,
        sql`
          select 'delivery ' || id || ' is ' || status || ' without the message id of its provider' as sentence from deliveries
          where status in ('accepted', 'sent', 'delivered', 'read') and (provider_message_id is null or accepted_at is null)`,
      ),
  },
  {
    name: 'notifications.one_message_one_delivery',
    promise: 'One message of a provider belongs to one delivery.',
    find: (db) =>
      sentences(
        db,
        sql`
          select 'message ' || min(d.id) || ' and ' || max(d.id) || ' have the same provider message id' as sentence from deliveries d
          where d.provider_message_id is not null group by d.channel, d.provider_message_id having count(*) > 1`,
      ),
  },
];
