import type { Actor } from '../../access/actor.ts';
import { decodeCursor, encodeCursor } from '../../http/contract/pagination.ts';
import { sha256 } from '../../platform/crypto.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { orderCode } from '../../platform/ids.ts';
import { encodeBase32 } from '../../platform/text/base32.ts';
import { type TicketCodes, findTicketCodes } from '../../orders/index.ts';
import { type DoorEvent, findActorEvent } from '../find-actor-event.ts';
import { listEventGates, listEventZones } from '../gates/queries.ts';
import { doorListOverlapSeconds } from '../limits.ts';
import { type DoorSettings, findDoorSettings } from '../settings/door-settings.ts';
import type { Gate, Zone } from '../tables.ts';
import { sql } from 'drizzle-orm';

export type DoorListEntry = {
  /** SHA-256 of the QR's text, so that nobody can enter with a stolen list. */
  readonly codeSha256: string;
  readonly ticketCategoryId: string;
  /** `replaced`: the ticket has a newer code, and this one is refused. */
  readonly status: 'live' | 'revoked' | 'replaced';
  /** Null until the ticket enters. */
  readonly admission: { readonly at: string; readonly gate: string | null; readonly inside: boolean } | null;
  /** Null unless the organiser allows names on devices. */
  readonly guest: DoorGuest | null;
};

export type DoorGuest = {
  readonly ticketId: string;
  readonly name: string;
  /** The last four digits of the buyer's phone; null after a transfer. */
  readonly phoneEnd: string | null;
  readonly orderCode: string;
  /** Live tickets of the order. */
  readonly partySize: number;
};

export type DoorList = {
  readonly event: DoorEvent;
  readonly settings: DoorSettings;
  readonly categories: readonly DoorCategory[];
  readonly gates: readonly Gate[];
  readonly zones: readonly Zone[];
  readonly ticketCodes: TicketCodes;
  readonly entries: readonly DoorListEntry[];
  readonly nextCursor: string | null;
  /** Only on the last page: the cursor for later changes. */
  readonly syncCursor: string | null;
};

/**
 * The content of a cursor: time of change and key of the last row, start of this reading, and the time from which scans count as
 * changes. A first reading returns the present state of every ticket, so only scans after its start are changes.
 */
type Place = {
  readonly changedAt: string;
  readonly key: string;
  readonly readingSince: string;
  readonly scansSince: string;
};
const ever = '1970-01-01T00:00:00+00:00';

/**
 * Returns what a device needs to decide offline: a page of code hashes with the state of their tickets, the event's times and its gates.
 * Without a cursor, it starts from the beginning. With the `syncCursor` of an earlier reading, it returns the tickets that were issued,
 * revoked, named, replaced or scanned since. Readings overlap, because a transaction that commits late carries an earlier time.
 * @throws DomainError event.not_found, check_in.other_event, request.invalid
 */
export async function doorList(
  deps: { db: Db },
  actor: Actor,
  input: { eventId: string; cursor?: string | undefined; limit: number },
): Promise<DoorList> {
  const event = await findActorEvent(deps, actor, input.eventId);
  const settings = await findDoorSettings(deps.db, input.eventId);
  const place = placeOf(input.cursor, event.now);
  const rows = await listChangedCodes(deps.db, input.eventId, place, { limit: input.limit + 1, ...settings });
  const shown = rows.slice(0, input.limit);
  const last = rows.length > input.limit ? shown.at(-1) : undefined;
  return {
    event,
    settings,
    categories: await listDoorCategories(deps.db, input.eventId),
    gates: await listEventGates(deps.db, input.eventId),
    zones: await listEventZones(deps.db, input.eventId),
    ticketCodes: await findTicketCodes(deps.db, input.eventId),
    entries: shown.map(entryOf),
    nextCursor:
      last === undefined ? null : encodeCursor([last.changed_at, last.key, place.readingSince, place.scansSince]),
    syncCursor: last === undefined ? encodeCursor([overlapped(place.readingSince), '', '', ever]) : null,
  };
}

function placeOf(cursor: string | undefined, now: string): Place {
  if (cursor === undefined) return { changedAt: ever, key: '', readingSince: now, scansSince: overlapped(now) };
  const [changedAt = '', key = '', readingSince = '', scansSince = ''] = decodeCursor(cursor, [
    'time',
    'text',
    'time or nothing',
    'time',
  ]);
  return { changedAt, key, readingSince: readingSince === '' ? now : readingSince, scansSince };
}

function entryOf(row: ChangedCode): DoorListEntry {
  return {
    codeSha256: sha256(encodeBase32(row.code)).toString('hex'),
    ticketCategoryId: row.ticket_category_id,
    status: row.status,
    admission: row.admitted_at === null ? null : { at: row.admitted_at, gate: row.gate, inside: row.inside === true },
    guest:
      row.guest_name === null
        ? null
        : {
            ticketId: row.ticket_id,
            name: row.guest_name,
            phoneEnd: row.phone_end,
            orderCode: orderCode(row.order_id),
            partySize: row.party_size ?? 1,
          },
  };
}

function overlapped(time: string): string {
  return new Date(Date.parse(time) - doorListOverlapSeconds * 1000).toISOString();
}

type DoorCategory = {
  readonly id: string;
  readonly name: string;
  readonly entry_opens_at: string | null;
  readonly entry_closes_at: string | null;
};

async function listDoorCategories(db: Db, eventId: string): Promise<DoorCategory[]> {
  return rowsOf<DoorCategory>(
    db,
    sql`select id, name, to_json(entry_opens_at) #>> '{}' as entry_opens_at,
          to_json(entry_closes_at) #>> '{}' as entry_closes_at
        from ticket_categories where event_id = ${eventId} order by position, id`,
  );
}

type ChangedCode = {
  readonly changed_at: string;
  readonly key: string;
  readonly ticket_id: string;
  readonly order_id: string;
  readonly code: Buffer;
  readonly ticket_category_id: string;
  readonly status: 'live' | 'revoked' | 'replaced';
  readonly inside: boolean | null;
  readonly admitted_at: string | null;
  readonly gate: string | null;
  readonly guest_name: string | null;
  readonly phone_end: string | null;
  readonly party_size: number | null;
};

/**
 * Codes of an event after the given place, ordered by the time when they were issued, revoked, named, replaced or scanned, with the
 * present state of their tickets. A ticket that changes between two pages is listed again. Scans one range of each of the indexes
 * tickets_changed, retired_codes_changed and scans_changed.
 */
async function listChangedCodes(
  db: Db,
  eventId: string,
  after: Place,
  { limit, showsNames }: { limit: number; showsNames: boolean },
): Promise<ChangedCode[]> {
  const guest = showsNames
    ? sql`coalesce(t.holder_name, b.buyer_name) as guest_name,
          case when t.times_transferred = 0 then right(b.buyer_phone, 4) end as phone_end,
          (select count(*)::int from tickets p where p.event_id = t.event_id and p.order_id = t.order_id
            and p.status = 'live') as party_size`
    : sql`null as guest_name, null as phone_end, null as party_size`;
  const buyer = showsNames ? sql`join orders b on b.event_id = t.event_id and b.id = t.order_id` : sql``;
  const isAfter = sql`> (${after.changedAt}::timestamptz, ${after.key}::text)`;
  return rowsOf<ChangedCode>(
    db,
    sql`with changed as (
          (select greatest(issued_at, revoked_at, named_at) as changed_at, id as key, id as ticket_id, code as used_code, true as is_current
            from tickets where event_id = ${eventId} and (greatest(issued_at, revoked_at, named_at), id) ${isAfter}
            order by greatest(issued_at, revoked_at, named_at), id limit ${limit})
          union all
          (select retired_at, 'old_' || encode(code, 'hex'), ticket_id, code, false
            from retired_codes where event_id = ${eventId} and retired_at >= ${after.changedAt}::timestamptz
              and (retired_at, 'old_' || encode(code, 'hex')) ${isAfter}
            order by 1, 2 limit ${limit})
          union all
          (select greatest(received_at, undone_at), 'scn_' || ticket_id, ticket_id, null, true
            from scans where event_id = ${eventId} and ticket_id is not null
              and greatest(received_at, undone_at) >= ${after.changedAt}::timestamptz
              and greatest(received_at, undone_at) >= ${after.scansSince}::timestamptz
              and (greatest(received_at, undone_at), 'scn_' || ticket_id) ${isAfter}
            order by 1, 2 limit ${limit})
        ), shown as (select * from changed order by changed_at, key limit ${limit})
        select to_json(c.changed_at) #>> '{}' as changed_at, c.key, t.id as ticket_id, t.order_id,
          coalesce(c.used_code, t.code) as code, t.ticket_category_id,
          case when c.is_current then t.status else 'replaced' end as status, a.inside,
          to_json(a.admitted_at) #>> '{}' as admitted_at, a.gate, ${guest}
        from shown c
        join tickets t on t.event_id = ${eventId} and t.id = c.ticket_id
        ${buyer}
        left join admissions a on a.event_id = ${eventId} and a.ticket_id = c.ticket_id
        order by c.changed_at, c.key`,
  );
}
