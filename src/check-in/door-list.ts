import type { Actor } from '../access/actor.ts';
import { decodeCursor, encodeCursor } from '../http/contract/pagination.ts';
import { sha256 } from '../platform/crypto.ts';
import { type Db, rowsOf } from '../platform/database/db.ts';
import { encodeBase32 } from '../platform/ids.ts';
import { findActorEvent, type DoorEvent } from './find-actor-event.ts';
import { listEventGates } from './gates/queries.ts';
import { doorListOverlapSeconds } from './limits.ts';
import type { Gate } from './tables.ts';
import { sql } from 'drizzle-orm';

export type DoorListEntry = {
  /** SHA-256 of the text of the QR, so that a stolen list lets nobody in. */
  readonly codeSha256: string;
  readonly ticketCategoryId: string;
  readonly status: 'live' | 'revoked';
};

export type DoorList = {
  readonly event: DoorEvent;
  readonly categories: readonly DoorCategory[];
  readonly gates: readonly Gate[];
  readonly entries: readonly DoorListEntry[];
  readonly nextCursor: string | null;
  /** On the last page: the cursor for later changes. */
  readonly syncCursor: string | null;
};

/** The cursor before every ticket: time of change, ticket id, start of this reading of the list. */
const beginning = ['1970-01-01T00:00:00+00:00', '', ''];

/**
 * What a device needs to decide offline, without personal data: a page of code hashes, the event's times and its gates. Without a cursor
 * it starts from the beginning. With the `syncCursor` of an earlier reading it returns the changes since then. Readings overlap a
 * little, since a transaction that commits later may carry an earlier time.
 * @throws DomainError event.not_found, check_in.other_event, request.invalid
 */
export async function doorList(
  deps: { db: Db },
  actor: Actor,
  input: { eventId: string; cursor?: string | undefined; limit: number },
): Promise<DoorList> {
  const event = await findActorEvent(deps, actor, input.eventId);
  const [changedAt = '', id = '', begunAt = ''] =
    input.cursor === undefined ? beginning : decodeCursor(input.cursor, ['time', 'text', 'time or nothing']);
  const readingSince = begunAt === '' ? event.now : begunAt;
  const rows = await listDoorTickets(deps.db, input.eventId, { changedAt, id }, input.limit + 1);
  const shown = rows.slice(0, input.limit);
  const last = rows.length > input.limit ? shown.at(-1) : undefined;
  return {
    event,
    categories: await listDoorCategories(deps.db, input.eventId),
    gates: await listEventGates(deps.db, input.eventId),
    entries: shown.map(entryOf),
    nextCursor: last === undefined ? null : encodeCursor([last.changed_at, last.id, readingSince]),
    syncCursor: last === undefined ? encodeCursor([overlapped(readingSince), '', '']) : null,
  };
}

function entryOf(ticket: DoorTicket): DoorListEntry {
  return {
    codeSha256: sha256(encodeBase32(ticket.code)).toString('hex'),
    ticketCategoryId: ticket.ticket_category_id,
    status: ticket.status,
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

type DoorTicket = {
  readonly id: string;
  readonly code: Buffer;
  readonly ticket_category_id: string;
  readonly status: 'live' | 'revoked';
  readonly changed_at: string;
};

/**
 * Tickets of an event in the order in which they were issued or revoked, after the given place in that order. Uses the
 * index tickets_changed. A ticket that is revoked between two pages comes again with its new status.
 */
async function listDoorTickets(
  db: Db,
  eventId: string,
  after: { changedAt: string; id: string },
  limit: number,
): Promise<DoorTicket[]> {
  return rowsOf<DoorTicket>(
    db,
    sql`select id, code, ticket_category_id, status, to_json(greatest(issued_at, revoked_at)) #>> '{}' as changed_at
        from tickets
        where event_id = ${eventId}
          and (greatest(issued_at, revoked_at), id) > (${after.changedAt}::timestamptz, ${after.id})
        order by greatest(issued_at, revoked_at), id limit ${limit}`,
  );
}
