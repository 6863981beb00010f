import type { Actor } from '../access/actor.ts';
import { type Db, rowsOf } from '../platform/database/db.ts';
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

/**
 * Counts live, admitted and inside tickets per category, entries and exits per gate, and people per zone.
 * @throws DomainError event.not_found, check_in.other_event
 */
export async function summarizeCheckIns(deps: { db: Db }, actor: Actor, eventId: string): Promise<CheckInSummary> {
  const event = await findActorEvent(deps, actor, eventId);
  return { asOf: event.now, ...(await countCheckIns(deps.db, eventId)) };
}

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

/** Live, admitted and inside tickets per category. */
async function countByCategory(db: Db, eventId: string): Promise<CategoryCount[]> {
  return rowsOf<CategoryCount>(
    db,
    sql`select c.id as ticket_category_id, c.name,
          count(t.id) filter (where t.status = 'live')::int as tickets,
          count(a.ticket_id)::int as admitted,
          count(a.ticket_id) filter (where a.inside)::int as inside
        from ticket_categories c
        left join tickets t on t.event_id = c.event_id and t.ticket_category_id = c.id
        left join admissions a on a.event_id = t.event_id and a.ticket_id = t.id
        where c.event_id = ${eventId}
        group by c.id, c.name, c.position order by c.position, c.id`,
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
