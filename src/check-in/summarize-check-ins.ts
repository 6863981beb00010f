import type { Actor } from '../access/actor.ts';
import { type Db, rowsOf } from '../platform/database/db.ts';
import { createSharedRead } from '../platform/shared-read.ts';
import { findActorEvent } from './find-actor-event.ts';
import { listEventZones } from './gates/queries.ts';
import type { Zone } from './tables.ts';
import { sql } from 'drizzle-orm';

export type CheckInSummary = {
  readonly asOf: string;
  readonly categories: readonly CategoryCount[];
  readonly gates: readonly GateCount[];
  readonly zones: readonly Zone[];
};

/** Counts of an event with more tickets take long. */
const quickTickets = 10_000;

/**
 * Counts live, admitted and inside tickets per category, entries and exits per gate, and people per zone. The counts of a large event are
 * shared by all who ask, and are as old as `asOf` says: many phones at the door of a large event poll them.
 * @throws DomainError event.not_found, check_in.other_event
 */
export function createSummarizeCheckIns(deps: { readonly db: Db; readonly countsDb: Db }) {
  const count = async (eventId: string): Promise<CheckInSummary> => {
    const [row] = await rowsOf<{ now: string }>(deps.countsDb, sql`select to_json(now()) #>> '{}' as now`);
    return { asOf: row?.now ?? '', ...(await countCheckIns(deps.countsDb, eventId)) };
  };
  const read = createSharedRead(
    count,
    ({ categories }) => sum(categories.map(({ tickets }) => tickets)) > quickTickets,
  );
  return async (actor: Actor, eventId: string): Promise<CheckInSummary> => {
    await findActorEvent(deps, actor, eventId);
    return read(eventId);
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** The same counts without the access check, for callers that have made it. */
export async function countCheckIns(db: Db, eventId: string): Promise<Omit<CheckInSummary, 'asOf'>> {
  return {
    categories: await countByCategory(db, eventId),
    gates: await countByGate(db, eventId),
    zones: await listEventZones(db, eventId),
  };
}

type CategoryCount = {
  readonly ticket_category_id: string;
  readonly name: string;
  readonly tickets: number;
  readonly admitted: number;
  readonly inside: number;
};

/**
 * Live, admitted and inside tickets per category. Tickets and admissions are each read by the event before they are joined: Postgres expects
 * few rows of a join by the event, and would look up each admission.
 */
async function countByCategory(db: Db, eventId: string): Promise<CategoryCount[]> {
  return rowsOf<CategoryCount>(
    db,
    sql`with counted as materialized (
          select t.ticket_category_id as id, count(*) filter (where t.status = 'live')::int as tickets,
            count(a.ticket_id)::int as admitted, count(*) filter (where a.inside)::int as inside
          from (select id, ticket_category_id, status from tickets where event_id = ${eventId}) t
          left join (select ticket_id, inside from admissions where event_id = ${eventId}) a on a.ticket_id = t.id
          group by t.ticket_category_id)
        select c.id as ticket_category_id, c.name, coalesce(n.tickets, 0) as tickets, coalesce(n.admitted, 0) as admitted,
          coalesce(n.inside, 0) as inside
        from ticket_categories c left join counted n on n.id = c.id
        where c.event_id = ${eventId} order by c.position, c.id`,
  );
}

type GateCount = {
  readonly gate: string | null;
  readonly entries: number;
  readonly exits: number;
  readonly refused: number;
  readonly conflicts: number;
};

/** Gate labels are free text, so the list is bounded. The busiest gates come first. */
const gatesShownMax = 500;

/** Entries and exits per gate, under its current name. A label that is not a gate of the event appears in one of its spellings. */
async function countByGate(db: Db, eventId: string): Promise<GateCount[]> {
  return rowsOf<GateCount>(
    db,
    sql`select coalesce(g.name, s.label) as gate, s.entries, s.exits, s.refused, s.conflicts
        from (
          select gate_key, min(gate) as label, count(*) as scans,
            count(*) filter (where passed and direction = 'entry')::int as entries,
            count(*) filter (where passed and direction = 'exit')::int as exits,
            count(*) filter (where not passed and undone_at is null)::int as refused,
            count(*) filter (where (conflict and direction = 'entry') or (fault is not null and undone_at is null))::int as conflicts
          from scans where event_id = ${eventId} group by gate_key
        ) s
        left join gates g on g.event_id = ${eventId} and g.id = s.gate_key
        order by s.scans desc, 1 limit ${gatesShownMax}`,
  );
}
