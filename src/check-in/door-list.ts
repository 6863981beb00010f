import type { Actor } from '../access/actor.ts';
import { decodeCursor, encodeCursor } from '../http/contract/pagination.ts';
import { sha256 } from '../platform/crypto.ts';
import type { Db } from '../platform/database/db.ts';
import { encodeBase32 } from '../platform/ids.ts';
import { findActorEvent } from './find-actor-event.ts';
import { listEventGates } from './gates/queries.ts';
import { doorListOverlapSeconds } from './limits.ts';
import {
  type DoorCategory,
  type DoorEvent,
  type DoorTicket,
  listDoorCategories,
  listDoorTickets,
} from './scans/queries.ts';
import type { Gate } from './tables.ts';

export type DoorListEntry = {
  /** SHA-256 of the code as it stands in the QR: a stolen list lets nobody in. */
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
  /** On the last page: the cursor to ask with later, for what has changed since. */
  readonly syncCursor: string | null;
};

/** Before every ticket; the shape of a cursor: changed at, ticket id, when this reading of the list began. */
const beginning = ['1970-01-01T00:00:00+00:00', '', ''];

/**
 * What a device needs to decide offline, without personal data: a page of code hashes, the event's times and gates.
 * Without a cursor it starts from the beginning; with `syncCursor` of an earlier reading it gives the changes since,
 * overlapping a little, since what commits later may bear an earlier time.
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
