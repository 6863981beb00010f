import { LRUCache } from 'lru-cache';
import { type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Actor } from '../../access/index.ts';
import { ownEvent } from '../../orders/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { newOrderId } from '../../platform/ids.ts';
import { contractMoney } from '../../platform/text/money.ts';
import type { saleFiguresSchema } from './schemas.ts';

const secondsNow = 10;
const minutesShown = 15;
const minuteMs = 60_000;
/** A minute is written up to half a minute after its end (`record-minutes.ts`). Until then it is counted here. */
const minutesUnwritten = 3;
const freshMs = 1000;
/** Reads of all orders of an event are repeated after twenty times what the database needed for them. */
const restFactor = 20;
const eventsMax = 200;

type Figures = z.output<typeof saleFiguresSchema>;
type Now = Pick<Figures, 'pools' | 'minutes' | 'waitingRoom'> & {
  readonly at: string;
  readonly placed: number;
  readonly held: number;
  readonly instructed: number;
};
type Totals = Pick<Figures, 'messages' | 'minutes'> &
  Figures['checkIns'] & {
    readonly at: string;
    readonly orders: Readonly<Record<string, number>>;
    readonly received: number;
    readonly refunded: number;
    readonly gatewayFees: number;
    readonly fees: number;
  };

/**
 * The figures of a running sale, in two parts. The part that is read by keys and short ranges is at most a second old.
 * The part that reads all orders, scans and messages of the event is as fresh, or older if the database takes long to read
 * it, so that it never uses more than a twentieth of a connection. Each process reads for an event once at a time,
 * however many screens ask.
 */
export function createSaleFigures({ db, clock }: { readonly db: Db; readonly clock: Clock }) {
  const nows = new LRUCache<string, Now>({
    max: eventsMax,
    ttl: freshMs,
    fetchMethod: (eventId) => readNow(db, eventId, clock.now()),
  });
  const totals = new LRUCache<string, Totals>({
    max: eventsMax,
    ttl: freshMs,
    fetchMethod: async (eventId, _stale, { options }) => {
      const { tookMs, ...read } = await readTotals(db, eventId, clock.now());
      options.ttl = Math.max(freshMs, tookMs * restFactor);
      return read;
    },
  });
  /** @throws DomainError event.not_found */
  return async (actor: Actor, eventId: string) => {
    const event = await ownEvent(db, actor, eventId);
    const [now, total] = await Promise.all([nows.forceFetch(event.id), totals.forceFetch(event.id)]);
    const money = (amount: number) => contractMoney(amount, event.currency);
    return {
      eventId: event.id,
      asOf: now.at,
      ordersPerSecond: Math.round((now.placed / secondsNow) * 10) / 10,
      minutes: [...now.minutes, ...total.minutes.filter(({ at }) => now.minutes.every((written) => written.at < at))],
      pools: now.pools,
      waitingRoom: now.waitingRoom,
      funnel: {
        held: now.held,
        instructed: now.instructed,
        paid: (total.orders['paid'] ?? 0) + (total.orders['partially_refunded'] ?? 0),
        refunded: total.orders['refunded'] ?? 0,
        expired: total.orders['expired'] ?? 0,
        cancelled: total.orders['cancelled'] ?? 0,
      },
      totalsAsOf: total.at,
      money: {
        received: money(total.received),
        refunded: money(total.refunded),
        gatewayFees: money(total.gatewayFees),
        fees: money(total.fees),
        net: money(total.received - total.refunded - total.gatewayFees),
      },
      checkIns: {
        admitted: total.admitted,
        inside: total.inside,
        conflicts: total.conflicts,
        gates: total.gates,
        zones: total.zones,
      },
      messages: total.messages,
    };
  };
}

/** Stock, open holds and payments, and the orders of the last seconds. */
async function readNow(db: Db, eventId: string, now: Date): Promise<Now> {
  const since = newOrderId(eventId, new Date(now.getTime() - secondsNow * 1000)).slice(0, 22);
  const firstOfEvent = newOrderId(eventId, new Date(0)).slice(0, 12);
  const [row] = await rowsOf<Omit<Now, 'at'> & { readonly at: Date | string }>(
    db,
    sql`
      select now() as at,
        (select count(*)::int from orders o where o.event_id = ${eventId} and o.id >= ${since}) as placed,
        (select count(*)::int from orders o where o.event_id = ${eventId} and o.status || '' = 'pending_payment') as held,
        (select count(*)::int from payment_attempts a
          where a.order_id >= ${firstOfEvent} and a.order_id < ${`${firstOfEvent}~`} and a.event_id = ${eventId}
            and a.is_open and a.status = 'pending') as instructed,
        (select coalesce(json_agg(json_build_object(
            'poolId', s.pool_id, 'pool', p.name, 'capacity', s.capacity, 'available', s.available, 'held', s.held, 'sold', s.sold,
            'blocked', s.blocked, 'ticketCategories', (
              select coalesce(json_agg(json_build_object('id', c.id, 'name', c.name) order by c.position, c.id), '[]')
              from ticket_categories c where c.event_id = s.event_id and c.pool_id = s.pool_id)) order by s.pool_id), '[]')
          from stock s join pools p on p.event_id = s.event_id and p.id = s.pool_id where s.event_id = ${eventId}) as pools,
        (select coalesce(json_agg(json_build_object('at', m.minute, 'orders', m.orders, 'paidOrders', m.paid_orders) order by m.minute), '[]')
          from sale_minutes m
          where m.event_id = ${eventId} and m.is_counted and m.minute >= now() - make_interval(mins => ${minutesShown})) as minutes,
        (select json_build_object('phase', w.phase, 'places', w.places,
            'called', least(w.places, floor(w.serving + w.rate * coalesce(extract(epoch from now() - w.serving_at), 0))::int),
            'rate', w.admission_rate)
          from waiting_rooms w where w.event_id = ${eventId}) as "waitingRoom"`,
  );
  if (row === undefined) throw new Error('no figures');
  return { ...row, at: new Date(row.at).toISOString(), minutes: row.minutes.map(utcMinute) };
}

function utcMinute<Minute extends { readonly at: string }>(minute: Minute): Minute {
  return { ...minute, at: new Date(minute.at).toISOString() };
}

/**
 * The part that needs all orders, scans and messages of the event. Money is that of the ledger: the attempts' own sums do not
 * show what went back twice.
 */
async function readTotals(db: Db, eventId: string, now: Date): Promise<Totals & { readonly tookMs: number }> {
  const firstOfEvent = newOrderId(eventId, new Date(0)).slice(0, 12);
  const [row] = await rowsOf<Omit<Totals, 'at'> & { readonly at: Date | string; readonly tookMs: number }>(
    db,
    sql`
      select now() as at,
        s.orders, s.fees, m.received, m.refunded, m.gateway_fees as "gatewayFees",
        a.admitted, a.inside,
        (select count(*)::int from scans s
          where s.event_id = ${eventId} and ((s.conflict and s.direction = 'entry') or s.fault is not null) and s.undone_at is null) as conflicts,
        (select coalesce(json_agg(g order by g.entries desc), '[]') from (
          select coalesce(max(g.name), min(s.gate)) as gate, count(*) filter (where s.passed and s.direction = 'entry')::int as entries,
            count(*) filter (where s.passed and s.direction = 'exit')::int as exits, count(*) filter (where not s.passed)::int as refused
          from scans s left join gates g on g.event_id = s.event_id and g.id = s.gate_key
          where s.event_id = ${eventId} group by s.gate_key order by count(*) desc limit 20) g) as gates,
        (select coalesce(json_agg(json_build_object('at', u.minute, 'orders', u.orders, 'paidOrders', u.paid) order by u.minute), '[]')
          from (${unwrittenMinutes(eventId, now)}) u where u.orders > 0 or u.paid > 0) as minutes,
        (select coalesce(json_agg(z), '[]') from (
          select name, inside, capacity from zones where event_id = ${eventId} order by name, id) z) as zones,
        (select coalesce(json_agg(d), '[]') from (
          select d.channel, d.status, count(*)::int as count from deliveries d
          where d.subject_id >= ${firstOfEvent} and d.subject_id < ${`${firstOfEvent}~`} group by 1, 2 order by 1, 2) d) as messages,
        extract(milliseconds from clock_timestamp() - statement_timestamp())::float8 as "tookMs"
      from (
        select coalesce(sum(l.amount) filter (where l.account = 'gateway' and l.amount > 0), 0)::float8 as received,
          -coalesce(sum(l.amount) filter (where l.account = 'bank' or l.account = 'gateway' and l.amount < 0), 0)::float8 as refunded,
          -coalesce(sum(l.amount) filter (where l.account = 'gateway_fees'), 0)::float8 as gateway_fees
        from events e left join ledger_entries l on l.event_id = e.id and l.currency = e.currency where e.id = ${eventId}) m
      cross join (
        select coalesce(json_object_agg(o.status, o.orders), '{}') as orders,
          coalesce(sum(o.fees) filter (where o.status in ('paid', 'partially_refunded')), 0)::float8 as fees
        from (select status, count(*) as orders, sum(fees) as fees from orders where event_id = ${eventId} group by status) o) s
      cross join (
        select count(*)::int as admitted, count(*) filter (where a.inside)::int as inside
        from admissions a where a.event_id = ${eventId}) a`,
  );
  if (row === undefined) throw new Error('no figures');
  return { ...row, at: new Date(row.at).toISOString(), minutes: row.minutes.map(utcMinute) };
}

/** The minute that runs, and those before it that may not be written yet. Orders are counted by a range of the key, which holds their time. */
function unwrittenMinutes(eventId: string, now: Date): SQL {
  const running = now.getTime() - (now.getTime() % minuteMs);
  const keyAt = (time: number) => newOrderId(eventId, new Date(time)).slice(0, 22);
  const minutes = Array.from({ length: minutesUnwritten }, (_, index) => {
    const from = running - index * minuteMs;
    const [at, end] = [from, from + minuteMs].map((time) => sql`${new Date(time).toISOString()}::timestamptz`);
    return sql`
      select ${at} as minute,
        (select count(*)::int from orders o
          where o.event_id = ${eventId} and o.id >= ${keyAt(from)} and o.id < ${keyAt(from + minuteMs)}) as orders,
        (select count(*)::int from orders o where o.event_id = ${eventId} and o.paid_at >= ${at} and o.paid_at < ${end}) as paid`;
  });
  return sql.join(minutes, sql` union all `);
}
