import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { demoEventId } from '../../../drizzle/seed/demo-id.ts';
import { demoCategoryId } from '../../../drizzle/seed/seed-event.ts';
import { type Db, rowsOf } from '../../../src/platform/database/db.ts';
import { encodeBase32 } from '../../../src/platform/text/base32.ts';

/** Sales of the demo's festival: orders in each state that a buyer can see, and the minutes of an evening. */

const slug = 'senja-di-selatan';
const eventId = demoEventId(slug);

export const tourQuestionId = 'qst_00000000000000000001';
export const tourNoticeId = 'ntc_00000000000000000001';
const sizes = ['S', 'M', 'L'].map((text) => ({ text, textEn: null }));

export type SeededOrder = { readonly id: string; readonly token: string };
export const orderStates = [
  'paid',
  'gift',
  'creating',
  'pending',
  'virtual account',
  'qris',
  'review',
  'closing',
  'expired',
  'cancelled',
  'refunded',
  'partially refunded',
] as const;
export type OrderState = (typeof orderStates)[number];

type Place = (body: unknown) => Promise<Record<string, unknown>>;

const names = [
  'Ayu Lestari',
  'Bagas Pratama',
  'Citra Maharani',
  'Dewi Anggraini',
  'Eka Nugroho',
  'Fajar Hidayat',
  'Gita Permata',
  'Hana Kusuma',
  'Indra Wijaya',
  'Joko Santoso',
  'Kirana Putri',
  'Laras Setyaningsih',
] as const;

export async function seedSales(db: Db, place: Place): Promise<Readonly<Record<OrderState, SeededOrder>>> {
  const orders = {} as Record<OrderState, SeededOrder>;
  for (const [index, state] of orderStates.entries()) {
    const placed = await place({
      eventSlug: slug,
      buyer: {
        name: names[index] ?? names[0],
        email: `${(names[index] ?? '').toLowerCase().replace(' ', '.')}@contoh.example`,
        phone: `+62812900010${String(index + 10)}`,
      },
      lines:
        state === 'gift'
          ? [{ ticketCategoryId: demoCategoryId(slug, 'Warga Cipete'), quantity: 2 }]
          : [
              { ticketCategoryId: demoCategoryId(slug, 'Festival'), quantity: 2 },
              { ticketCategoryId: demoCategoryId(slug, 'Tribun'), quantity: 1 },
            ],
    });
    const order = { id: String(placed['id']), token: String(placed['accessToken']) };
    orders[state] = order;
    await bring(db, order.id, state);
  }
  await db.execute(sql`
    insert into admissions (event_id, ticket_id, admitted_at, gate, actor_id, device_id, scan_id)
    values (${eventId}, ${`tkt_${orders['partially refunded'].id.slice(4)}001`}, now() - interval '5 minutes', 'Gerbang Utara', 'none', 'none', 'none')`);
  await db.execute(sql`
    update ticket_categories set has_holder_names = true where event_id = ${eventId} and id = ${demoCategoryId(slug, 'Festival')}`);
  await db.execute(sql`
    update tickets set holder_name = 'Rangga Mahendra', named_at = now(), times_named = 1
    where event_id = ${eventId} and id = ${`tkt_${orders.paid.id.slice(4)}001`}`);
  await db.execute(sql`
    insert into questions (event_id, id, text, text_en, kind, scope, choices, is_required, position) values
      (${eventId}, ${tourQuestionId}, 'Ukuran kaus', 'Shirt size', 'choice', 'ticket', ${JSON.stringify(sizes)}::jsonb, true, 1),
      (${eventId}, 'qst_00000000000000000002', 'Dari mana Anda tahu acara ini?', 'How did you hear of this event?', 'text', 'order', '[]', false, 2)`);
  await db.execute(sql`
    insert into answers (event_id, order_id, question_id, subject_id, value, answered_at) values
      (${eventId}, ${orders.paid.id}, ${tourQuestionId}, ${`tkt_${orders.paid.id.slice(4)}001`}, 'M', now())`);
  await db.execute(sql`
    insert into event_notices (id, event_id, kind, before, event_version, due_at, is_held)
    select ${tourNoticeId}, id, 'moved', json_build_object('startsAt', starts_at, 'endsAt', ends_at, 'doorsOpenAt', doors_open_at,
      'timeZone', time_zone, 'venue', 'Istora', 'address', '', 'city', city, 'isPostponed', false), version, now(), true
    from events where id = ${eventId}`);
  await writeMinutes(db);
  return orders;
}

/** Writes rows that a gateway, a worker or a person would have caused. */
async function bring(db: Db, orderId: string, state: OrderState): Promise<void> {
  const set = (values: ReturnType<typeof sql>) =>
    db.execute(sql`update orders set ${values} where event_id = ${eventId} and id = ${orderId}`);
  switch (state) {
    case 'pending':
      return attempt(db, orderId, { redirectUrl: 'https://gateway.example/pay', method: 'any' });
    case 'virtual account':
      return attempt(db, orderId, { method: 'bca_va', instructions: { vaNumber: '8808123456789012', bank: 'bca' } });
    case 'qris':
      return attempt(db, orderId, {
        method: 'qris',
        instructions: {
          qrString:
            '00020101021226610016ID.CO.SHOPEE.WWW01189360091800000000000208000000000303UBE51440014ID.CO.QRIS.WWW0215ID10200000000000303UBE5204581253033605802ID5907ANTRE ID6007JAKARTA61051271062070703A0163040000',
        },
      });
    case 'review':
      return attempt(db, orderId, { method: 'credit_card', status: 'review' });
    case 'closing':
      await set(sql`status = 'closing', expires_at = now() - interval '1 minute'`);
      return;
    case 'expired':
    case 'cancelled':
      await set(sql`status = ${state}, closed_at = now(), cancelled_by = ${state === 'cancelled' ? 'buyer' : null}`);
      return;
    case 'paid':
    case 'refunded':
    case 'partially refunded':
      await attempt(db, orderId, { method: 'qris', status: 'settled', isPaid: true });
      await set(sql`status = ${state.replace(' ', '_')}, paid_at = now() - interval '20 minutes'`);
      await db.execute(sql`update payment_attempts set refunded = case ${state} when 'refunded' then amount
        when 'partially refunded' then 450000 else 0 end where event_id = ${eventId} and order_id = ${orderId}`);
      return issue(db, orderId, state);
    default:
  }
}

type Attempt = {
  readonly method: string;
  readonly redirectUrl?: string;
  readonly instructions?: Readonly<Record<string, string>>;
  readonly status?: string;
  readonly isPaid?: boolean;
};

async function attempt(db: Db, orderId: string, one: Attempt): Promise<void> {
  await db.execute(sql`
    insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status,
      redirect_url, instructions, received, expires_at)
    select event_id, ${`pay_${orderId.slice(4)}01`}, id, organizer_id, 1, 'midtrans', ${one.method}, total, currency,
      ${one.status ?? 'pending'}, ${one.redirectUrl ?? null}, ${JSON.stringify(one.instructions ?? {})}::jsonb,
      ${one.isPaid === true ? sql`total` : sql`0`}, expires_at
    from orders where event_id = ${eventId} and id = ${orderId}`);
}

async function issue(db: Db, orderId: string, state: OrderState): Promise<void> {
  for (const [index, name] of ['Festival', 'Festival', 'Tribun'].entries()) {
    const isRevoked = state === 'refunded' || (state === 'partially refunded' && index === 2);
    await db.execute(sql`
      insert into tickets (event_id, id, order_id, ticket_category_id, code, status, revoked_at, revoked_reason)
      values (${eventId}, ${`tkt_${orderId.slice(4)}00${index + 1}`}, ${orderId}, ${demoCategoryId(slug, name)},
        ${randomBytes(16)}, ${isRevoked ? 'revoked' : 'live'}, ${isRevoked ? sql`now()` : null},
        ${isRevoked ? 'refunded' : null})`);
  }
}

const minutesShown = 60;
const placesShown = 5350;
const heldShown = 40;

/** A sale that is strong at its opening and then declines, as sales do. */
async function writeMinutes(db: Db): Promise<void> {
  await db.execute(sql`
    insert into sale_minutes (event_id, minute, orders, tickets, paid_orders, paid_tickets, paid_amount, expired_orders,
      held_orders, instructed, available, held, sold, admitted, waiting)
    select ${eventId}, date_trunc('minute', now()) - (${minutesShown}::int - n) * interval '1 minute', placed, placed * 2, paid, paid * 2,
      paid::bigint * 2 * 350000, greatest(n - 15, 0) / 9, placed / 2 + 6, placed / 2 + 4,
      ${placesShown}::int - sold, ${heldShown}::int, sold, 0, 0
    from (select *, (2 * sum(paid) over (order by n))::int as sold from (select n, (60 * exp(-n / 14.0) + 6 + 5 * abs(sin(n * 1.7)))::int as placed,
      (52 * exp(-n / 15.0) + 5 + 4 * abs(sin(n * 1.3)))::int as paid from generate_series(1, ${minutesShown}::int) as n) as minutes) as sale
    on conflict do nothing`);
}

export type TicketKind = 'live' | 'entered' | 'revoked';

/** The payload of a ticket's QR code. A live one has not entered. */
export async function codeOf(db: Db, kind: TicketKind): Promise<string> {
  const entered = sql`exists (select from admissions a where a.event_id = t.event_id and a.ticket_id = t.id)`;
  const wanted = { live: sql`not ${entered}`, entered, revoked: sql`true` };
  const [row] = await rowsOf<{ code: Buffer }>(
    db,
    sql`select code from tickets t where event_id = ${eventId} and status = ${kind === 'revoked' ? 'revoked' : 'live'}
      and ticket_category_id <> ${demoCategoryId(slug, 'Sisi Panggung')} and ${wanted[kind]} order by id limit 1`,
  );
  if (row === undefined) throw new Error(`no ticket is ${kind}`);
  return encodeBase32(row.code);
}
