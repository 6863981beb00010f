import { type SQL, sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { type Sought, type SoughtNear, wholeCode } from './read-guest-query.ts';

export const ordersMax = 20;

/** What a ticket was found by. */
type Way = 'code' | 'name' | 'phone';

export type FoundTicket = {
  readonly ticket_id: string;
  readonly order_id: string;
  readonly code: Buffer;
  readonly ticket_category_id: string;
  readonly status: 'live' | 'revoked';
  readonly is_given: boolean;
  readonly name: string;
  readonly party_size: number;
  readonly admitted_at: string | null;
  readonly gate: string | null;
  readonly inside: boolean | null;
  readonly ways: readonly Way[];
  readonly orders_found: number;
};

type Place = { readonly organizerId: string; readonly eventId: string };

/** The tickets of orders that fit. */
export function findTickets(db: Db, place: Place, { code, words, phone }: Sought): Promise<FoundTicket[]> {
  const branches = [
    ...(code === undefined
      ? []
      : [
          branch(
            'code',
            sql`(select o.id, 0 as rank from orders o where o.event_id = ${place.eventId}
              and right(o.id, 10) between ${code.padEnd(wholeCode, '0')} and ${code.padEnd(wholeCode, 'Z')}
              order by o.id limit ${ordersMax + 1})`,
          ),
        ]),
    ...(words === undefined
      ? []
      : [branch('name', searched(place, allOf(words.map((word) => sql`s.name like ${`% ${word}%`}`))))]),
    ...(phone === undefined ? [] : [branch('phone', searched(place, sql`s.contact like ${`%${phone}`}`))]),
  ];
  return readTickets(db, place, branches);
}

/** The tickets of orders that fit if one forgives a mistake. Names of which a whole word is near come first. */
export function findNearTickets(db: Db, place: Place, { codes, phones, patterns }: SoughtNear): Promise<FoundTicket[]> {
  const list = (texts: readonly string[]) => sql`unnest(${arrayText(texts)}::text[]) as n(text)`;
  const branches = [
    ...(codes.length === 0
      ? []
      : [
          branch(
            'code',
            sql`(select f.id, 0 as rank from ${list(codes)} cross join lateral (
              select o.id from orders o where right(o.id, 10) = n.text and o.event_id = ${place.eventId} limit 1) f)`,
          ),
        ]),
    ...(phones.length === 0
      ? []
      : [
          branch(
            'phone',
            sql`(select f.id, 0 as rank from ${list(phones)} cross join lateral (
              select s.order_id as id from order_searches s
              where s.organizer_id = ${place.organizerId} and substring(s.contact from '[0-9]*$') = n.text
                and s.event_id || '' = ${place.eventId} limit ${ordersMax + 1}) f)`,
          ),
        ]),
    ...(patterns.length === 0
      ? []
      : [
          branch(
            'name',
            searched(
              place,
              allOf(patterns.map((pattern) => sql`s.name ~ ${pattern}`)),
              sql`case when ${allOf(patterns.map((pattern) => sql`s.name ~ ${`${pattern}(?: |$)`}`))} then 0 else 1 end`,
            ),
          ),
        ]),
  ];
  return readTickets(db, place, branches);
}

const allOf = (conditions: readonly SQL[]) => sql.join([...conditions], sql` and `);

const branch = (way: Way, from: SQL) => sql`(select id, rank, ${way}::text as way from ${from} f)`;

/** @param rank the lowest ones come first */
const searched = ({ organizerId, eventId }: Place, condition: SQL, rank: SQL = sql`0`) => sql`(
  select s.order_id as id, ${rank} as rank from order_searches s
  where s.organizer_id = ${organizerId} and s.event_id = ${eventId} and ${condition}
  order by 2, 1 limit ${ordersMax + 1})`;

async function readTickets(db: Db, { eventId }: Place, branches: readonly SQL[]): Promise<FoundTicket[]> {
  if (branches.length === 0) return [];
  return rowsOf<FoundTicket>(
    db,
    sql`with found as (
          select id, array_agg(way) as ways, count(*) over ()::int as orders_found
          from (${sql.join([...branches], sql` union all `)}) f group by id order by min(rank), id limit ${ordersMax})
        select t.id as ticket_id, t.order_id, t.code, t.ticket_category_id, t.status, t.times_transferred > 0 as is_given,
          coalesce(t.holder_name, o.buyer_name) as name,
          (select count(*)::int from tickets p where p.event_id = t.event_id and p.order_id = t.order_id and p.status = 'live') as party_size,
          to_json(a.admitted_at) #>> '{}' as admitted_at, a.gate, a.inside, f.ways, f.orders_found
        from found f
        join orders o on o.event_id = ${eventId} and o.id = f.id
        join tickets t on t.event_id = ${eventId} and t.order_id = f.id
        left join admissions a on a.event_id = ${eventId} and a.ticket_id = t.id
        order by t.status, name, t.id`,
  );
}
