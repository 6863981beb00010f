import { type SQL, sql } from 'drizzle-orm';
import { type Actor, writeAudit } from '../../access/index.ts';
import type { Config } from '../../config.ts';
import { openInbound } from '../../notifications/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { ordersOfPersonMax, personalDataDeadlineMs, rowsOfPersonMax } from './limits.ts';
import { at, listOfRows, messagesOf, orderParts, ordersOf } from './of-orders.ts';
import { type Asked, type Person, personOf } from './person.ts';
import type { PersonalData } from './schemas.ts';

export type PersonalDataDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Pick<Config, 'HASH_SECRET' | 'ENCRYPTION_KEY'>;
};

/**
 * Everything that is kept of one person by this organiser, found by an email or a phone as a whole: what the law lets the person ask
 * the organiser for. Other people's addresses within it are masked. An entry of the audit log says that it was read; it names the address by its keyed hash.
 * Orders that were placed within the last half minute and are not paid may be missing, as in the search.
 * @throws DomainError request.invalid for a phone that is none
 */
export async function showPersonalData(deps: PersonalDataDeps, actor: Actor, asked: Asked): Promise<PersonalData> {
  const person = personOf(deps.config, actor.organizerId, asked);
  return transaction(deps.db, async (tx) => {
    await tx.execute(sql`select set_config('statement_timeout', ${String(personalDataDeadlineMs)}, true)`);
    const [row] = await rowsOf<{ found: Found }>(tx, everythingOf(person));
    const data = cutToLimits(deps, row?.found ?? nothing);
    await writeAudit(tx, {
      actor,
      act: 'buyer.data_shown',
      subjectId: person.emailKey ?? person.phoneKey ?? '',
      changes: { fields: [person.emailKey === null ? 'phone' : 'email'] },
    });
    return data;
  });
}

type Sealed = {
  readonly id: string;
  readonly sealed: string;
  readonly command: 'stop' | 'start' | null;
  readonly receivedAt: string;
};
type Found = Omit<PersonalData, 'askedAt' | 'isComplete' | 'inboundMessages'> & {
  readonly inboundMessages: readonly Sealed[];
};

const nothing: Found = {
  orders: [],
  heldTickets: [],
  waitingEntries: [],
  waitingRoomPlaces: [],
  verifications: [],
  inboundMessages: [],
  newsStops: [],
  suppressions: [],
};

/** Each list was read with one row more than fits, wherever in the document it stands. */
function cutToLimits({ clock, config }: PersonalDataDeps, found: Found): PersonalData {
  let isComplete = true;
  const cut = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      if (value.length > rowsOfPersonMax) isComplete = false;
      return value.slice(0, rowsOfPersonMax).map(cut);
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cut(inner)]));
  };
  const orders = cut(found.orders.slice(0, ordersOfPersonMax)) as PersonalData['orders'];
  const rest = cut({ ...found, orders: [] }) as Found;
  const inboundMessages = rest.inboundMessages.map(({ command, receivedAt, ...row }) => ({
    ...openInbound(config.ENCRYPTION_KEY, row),
    command,
    receivedAt,
  }));
  if (found.orders.length > ordersOfPersonMax) isComplete = false;
  return { ...rest, askedAt: clock.now().toISOString(), isComplete, orders, inboundMessages };
}

function everythingOf(person: Person): SQL {
  const { organizerId, emailKey, phoneKey } = person;
  const isTheirs = (column: SQL) => sql`${column} in (${emailKey}::text, ${phoneKey}::text)`;
  return sql`
    with o as materialized (${ordersOf(person)})
    select jsonb_build_object(
      'orders', (select coalesce(jsonb_agg(to_jsonb(r)), '[]') from (${orderParts}) r),
      'heldTickets', ${heldTickets(organizerId, emailKey)},
      'waitingEntries', ${waitingEntries(person)},
      'waitingRoomPlaces', ${listOfRows(sql`
        select w.event_id as "eventId", e.name as event, ${at('p.joined_at')} as "joinedAt", ${at('p.voided_at')} as "voidedAt",
          ${at('p.given_up_at')} as "givenUpAt"
        from places p join waiting_rooms w on w.event_id = p.event_id join events e on e.id = w.event_id
        where ${isTheirs(sql`p.account_key`)} and e.organizer_id = ${organizerId} order by p.joined_at desc`)},
      'verifications', ${listOfRows(sql`
        select v.channel, ${at('v.created_at')} as "createdAt", ${at('v.confirmed_at')} as "confirmedAt"
        from buyer_verifications v where ${isTheirs(sql`v.account_key`)} and v.organizer_id = ${organizerId} order by v.id desc`)},
      'inboundMessages', ${listOfRows(sql`
        select i.id, i.sealed, i.command, ${at('i.received_at')} as "receivedAt" from inbound_messages i
        where i.recipient_key = ${phoneKey}::text and i.organizer_id = ${organizerId} order by i.received_at desc`)},
      'newsStops', ${listOfRows(sql`
        select n.channel, n.is_stopped as "isStopped", ${at('n.said_at')} as "saidAt" from news_stops n
        where n.organizer_id in (${organizerId}, '') and n.channel in ('email', 'whatsapp') and ${isTheirs(sql`n.recipient_key`)}`)},
      'suppressions', ${suppressionsOf(organizerId, isTheirs(sql`s.recipient_key`))}) as found`;
}

/** As the organiser's list of them: those that its own messages met. */
const suppressionsOf = (organizerId: string, isTheirs: SQL): SQL =>
  listOfRows(sql`
    select s.channel, s.reason, ${at('s.until')} as until, ${at('s.created_at')} as "createdAt" from suppressions s
    where s.channel in ('email', 'whatsapp') and ${isTheirs} and exists (
      select from deliveries d where d.organizer_id = ${organizerId} and d.channel = s.channel and d.recipient_key = s.recipient_key
        and d.status in ('failed', 'suppressed') and (s.reason <> 'complaint' or d.failure = 'complaint'))`);

const heldTickets = (organizerId: string, emailKey: string | null): SQL =>
  listOfRows(sql`
    select g.ticket_id as "ticketId", g.event_id as "eventId", e.name as event, g.holder_name as name, g.holder_email as email,
      ${at('g.transferred_at')} as "givenAt", t.times_transferred = g.number as "isHolder",
      ${messagesOf(sql`g.ticket_id`, sql`d.recipient_key = g.holder_key`)} as messages
    from ticket_transfers g join events e on e.id = g.event_id
    join tickets t on t.event_id = g.event_id and t.id = g.ticket_id
    where g.holder_key = ${emailKey}::text and e.organizer_id = ${organizerId} order by g.transferred_at desc`);

/** The rows of events that are over are gone, so the lines of an organiser are few. */
const waitingEntries = ({ organizerId, emailKey, phone }: Person): SQL =>
  listOfRows(sql`
    select w.id, w.event_id as "eventId", e.name as event, c.name as category, w.quantity, w.name, w.email, w.phone, w.status,
      ${at('w.created_at')} as "createdAt", ${messagesOf(sql`w.id`, sql`true`)} as messages
    from events e join waiting_entries w on w.event_id = e.id
    join ticket_categories c on c.event_id = w.event_id and c.id = w.ticket_category_id
    where e.organizer_id = ${organizerId} and (w.email_key = ${emailKey}::text or w.phone = ${phone}::text)
    order by w.created_at desc`);
