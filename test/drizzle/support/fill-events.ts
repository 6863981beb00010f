import type postgres from 'postgres';

/** Rows of one event in every hot table, as its sale leaves them, written past all acts. */
export type FillOptions = {
  readonly eventId: string;
  readonly organizerId: string;
  readonly categoryId: string;
  readonly poolId: string;
  readonly orders: number;
  /** `paid`: a sale that is over. `rush`: holds, open attempts, and callbacks not yet applied. */
  readonly as: 'paid' | 'rush';
};

export async function fillEvent(sql: postgres.Sql, options: FillOptions): Promise<void> {
  const { eventId, organizerId, categoryId, poolId, orders } = options;
  const isPaid = options.as === 'paid';
  const key = eventId.slice(4);
  await sql`
    insert into orders (event_id, id, organizer_id, status, idempotency_key_hash, fingerprint, buyer_name, buyer_email, buyer_phone,
      buyer_keys, network_key, locale, currency, quantity, subtotal, discount, fees, total, placed_at, expires_at,
      hold_ends_max_at, paid_at)
    select ${eventId}, 'ord_' || ${key} || lpad(n::text, 10, '0') || upper(substr(md5(${key} || n), 1, 10)), ${organizerId},
      ${isPaid ? 'paid' : 'pending_payment'}, gen_random_uuid(), gen_random_uuid(), 'Ayu', 'ayu@example.test', '+628111111111',
      array[md5(${key} || n)], md5((n % 500)::text), 'id', 'IDR', 1, 1000, 0, 0, 1000, now(), now() + interval '1 hour',
      now() + interval '2 hours', case when ${isPaid} then now() - interval '1 day' end
    from generate_series(1, ${orders}) n`;
  await sql`
    insert into order_lines (event_id, order_id, ticket_category_id, pool_id, quantity, unit_price)
    select event_id, id, ${categoryId}, ${poolId}, 1, 1000 from orders where event_id = ${eventId}`;
  await sql`
    insert into limit_counters (event_id, counter_key, quantity)
    select event_id, 'b:' || buyer_keys[1], 1 from orders where event_id = ${eventId}`;
  await sql`
    insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status,
      received, next_check_at)
    select event_id, 'pay_' || substr(id, 5) || '01', id, organizer_id, 1, 'midtrans', 'any', 1000, 'IDR',
      ${isPaid ? 'settled' : 'pending'}, ${isPaid ? 1000 : 0}, case when ${isPaid} then null else now() + interval '1 hour' end
    from orders where event_id = ${eventId}`;
  await sql`
    insert into callbacks (gateway, organizer_id, dedup_key, attempt_id, status)
    select 'midtrans', organizer_id, decode(md5(id), 'hex'), id, ${isPaid ? 'applied' : 'received'}
    from payment_attempts where event_id = ${eventId}`;
  await sql`
    insert into tickets (event_id, id, order_id, ticket_category_id, code)
    select event_id, 'tkt_' || substr(id, 5) || '001', id, ${categoryId}, decode(md5(id), 'hex')
    from orders where event_id = ${eventId}`;
  await sql`
    insert into ledger_entries (event_id, posting, account, order_id, attempt_id, amount, currency)
    select a.event_id, a.id || ':capture:1', e.account, a.order_id, a.id, e.amount, 'IDR'
    from payment_attempts a cross join (values ('gateway', 1000), ('sales', -1000)) e (account, amount)
    where a.event_id = ${eventId}`;
  await sql`
    insert into refunds (event_id, id, order_id, attempt_id, organizer_id, amount, currency, reason, status, gateway_refund_key,
      requested_by, done_at)
    select event_id, 'rfd_' || upper(substr(md5(id), 1, 20)), order_id, id, organizer_id, 1000, 'IDR', 'requested', 'done', id,
      'test', now()
    from payment_attempts where event_id = ${eventId}`;
  await sql`
    insert into deliveries (id, organizer_id, event_id, subject_id, template, channel, recipient_key, status, next_check_at)
    select 'dlv_' || upper(substr(md5(id), 1, 20)), organizer_id, event_id, id, 'tickets', 'email', buyer_keys[1],
      ${isPaid ? 'delivered' : 'queued'}, case when ${isPaid} then null else now() + interval '1 hour' end
    from orders where event_id = ${eventId}`;
  await sql`
    insert into places (event_id, place_index, account_key, joined_at)
    select ${eventId}, n, md5(${key} || 'place' || n), now() from generate_series(0, ${orders - 1}) n`;
  await sql`
    insert into spent_passes (event_id, place_index, order_id)
    select ${eventId}, n, null from generate_series(0, ${Math.floor(orders / 2)}) n`;
  await sql`
    insert into admissions (event_id, ticket_id, admitted_at, actor_id, device_id, scan_id)
    select event_id, id, now(), 'dev', 'dev', id from tickets where event_id = ${eventId}`;
  await sql`
    insert into scans (event_id, actor_id, device_id, scan_id, content, ticket_id, direction, result, passed, scanned_at)
    select event_id, 'dev', 'dev', id, decode(md5(id), 'hex'), id, 'entry', 'admitted', true, now()
    from tickets where event_id = ${eventId}`;
}
