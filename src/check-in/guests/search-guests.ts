import { type SQL, sql } from 'drizzle-orm';
import type { Actor } from '../../access/actor.ts';
import { foldText } from '../../catalog/index.ts';
import { nameWords, readSearchQuery } from '../../orders/index.ts';
import { sha256 } from '../../platform/crypto.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { orderCode } from '../../platform/ids.ts';
import { encodeBase32 } from '../../platform/text/base32.ts';
import { phoneEnd } from '../../platform/text/phone-end.ts';
import { phoneDigits, readPhone } from '../../platform/text/phone-number.ts';
import { type DoorEvent, findActorEvent } from '../find-actor-event.ts';
import { time } from '../present.ts';
import { findDoorSettings } from '../settings/door-settings.ts';

const ordersMax = 20;
const ticketsMax = 50;
const wholeCode = 10;

type Way = 'code' | 'name' | 'phone';

/** The possible meanings of a query. Each that is set is searched. */
type Sought = {
  /** The beginning of an order's code. */
  readonly code?: string;
  /** The beginnings of words of a name. */
  readonly words?: readonly string[];
  /** A suffix of `order_searches.contact`: a blank and the whole number, or the last digits. */
  readonly phone?: string;
};

/**
 * Finds the tickets of a guest who has no code: by phone number or order code, and by name if the organiser allows names. Without that
 * permission, only a complete number or code matches, and the response has no names: the guest must have told the number. Orders are
 * searchable by name and number about half a minute after they were placed.
 * @throws DomainError event.not_found, check_in.other_event
 */
export async function searchGuests(deps: { readonly db: Db }, actor: Actor, input: { eventId: string; q: string }) {
  const event = await findActorEvent(deps, actor, input.eventId);
  const { showsNames } = await findDoorSettings(deps.db, event.id);
  const sought = readGuestQuery(input.q, event.country, showsNames);
  const rows = await findTickets(deps.db, { event, organizerId: actor.organizerId }, sought);
  const shared = new Set(rows.filter((row) => row.is_given).map((row) => row.order_id));
  const fitting = rows.filter((row) => isMeant(row, sought, showsNames || !shared.has(row.order_id)));
  return {
    data: fitting.slice(0, ticketsMax).map((row) => presentGuest(row, showsNames)),
    isComplete: fitting.length <= ticketsMax && (rows[0]?.orders_found ?? 0) <= ordersMax,
  };
}

function readGuestQuery(q: string, country: string, showsNames: boolean): Sought {
  const { code, words } = readSearchQuery(q);
  const read = readPhone(q, country);
  const whole = 'e164' in read ? ` ${phoneDigits(read.e164)}` : undefined;
  const phone = whole ?? (showsNames ? lastDigits(q) : undefined);
  return {
    ...(code !== undefined && (showsNames || code.length === wholeCode) ? { code } : {}),
    ...(words !== undefined && showsNames ? { words } : {}),
    ...(phone === undefined ? {} : { phone }),
  };
}

/** The last digits of a number, without leading zeros: stored numbers have a country code in their place. */
function lastDigits(q: string): string | undefined {
  const end = phoneEnd(q);
  if (end === undefined) return undefined;
  const digits = foldText(q).replace(/\D/g, '').replace(/^0+/, '');
  return digits.length < end.length ? end : digits;
}

type Row = {
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

async function findTickets(
  db: Db,
  { event, organizerId }: { readonly event: DoorEvent; readonly organizerId: string },
  { code, words, phone }: Sought,
): Promise<Row[]> {
  const branch = (way: Way, from: SQL) => sql`(select id, ${way}::text as way from ${from})`;
  const searched = (text: SQL) => sql`(
    select s.order_id as id from order_searches s
    where s.organizer_id = ${organizerId} and s.event_id = ${event.id} and ${text}
    order by s.order_id limit ${ordersMax + 1}) f`;
  const branches = [
    ...(code === undefined
      ? []
      : [
          branch(
            'code',
            sql`(select o.id from orders o where o.event_id = ${event.id}
              and right(o.id, 10) between ${code.padEnd(wholeCode, '0')} and ${code.padEnd(wholeCode, 'Z')}
              order by o.id limit ${ordersMax + 1}) f`,
          ),
        ]),
    ...(words === undefined
      ? []
      : [
          branch(
            'name',
            searched(
              sql.join(
                words.map((word) => sql`s.name like ${`% ${word}%`}`),
                sql` and `,
              ),
            ),
          ),
        ]),
    ...(phone === undefined ? [] : [branch('phone', searched(sql`s.contact like ${`%${phone}`}`))]),
  ];
  if (branches.length === 0) return [];
  return rowsOf<Row>(
    db,
    sql`with found as (
          select id, array_agg(way) as ways, count(*) over ()::int as orders_found
          from (${sql.join(branches, sql` union all `)}) f group by id order by id limit ${ordersMax})
        select t.id as ticket_id, t.order_id, t.code, t.ticket_category_id, t.status, t.times_transferred > 0 as is_given,
          coalesce(t.holder_name, o.buyer_name) as name,
          (select count(*)::int from tickets p where p.event_id = t.event_id and p.order_id = t.order_id and p.status = 'live') as party_size,
          to_json(a.admitted_at) #>> '{}' as admitted_at, a.gate, a.inside, f.ways, f.orders_found
        from found f
        join orders o on o.event_id = ${event.id} and o.id = f.id
        join tickets t on t.event_id = ${event.id} and t.order_id = f.id
        left join admissions a on a.event_id = ${event.id} and a.ticket_id = t.id
        order by t.status, name, t.id`,
  );
}

/**
 * Whether a ticket matches the search. A phone number is the buyer's, so it must not find transferred tickets. The order's code is part of
 * each ticket id, so recipients of transfers know it, too. It finds tickets only if the door sees their holders' names, or if no ticket of
 * the order was transferred. A name finds the tickets of that holder.
 * @param isCodeEnough the door sees names, or no ticket of the order was transferred
 */
function isMeant({ ways, is_given: isGiven, name }: Row, { words = [] }: Sought, isCodeEnough: boolean): boolean {
  if (ways.includes('code') && isCodeEnough) return true;
  if (ways.includes('phone') && !isGiven) return true;
  const borne = nameWords(name);
  return ways.includes('name') && words.every((word) => borne.some((part) => part.startsWith(word)));
}

function presentGuest(row: Row, showsNames: boolean) {
  return {
    codeSha256: sha256(encodeBase32(row.code)).toString('hex'),
    ticketCategoryId: row.ticket_category_id,
    status: row.status,
    admission:
      row.admitted_at === null ? null : { at: time(row.admitted_at), gate: row.gate, inside: row.inside === true },
    guest: {
      ticketId: row.ticket_id,
      name: showsNames ? row.name : null,
      orderCode: orderCode(row.order_id),
      partySize: row.party_size,
    },
  };
}
