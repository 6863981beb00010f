import type { Actor } from '../access/actor.ts';
import type { Db } from '../platform/database/db.ts';
import { findActorEvent } from './find-actor-event.ts';
import { type CategoryCount, type GateCount, countByCategory, countByGate } from './summary-queries.ts';

export type CheckInSummary = {
  readonly asOf: string;
  readonly categories: readonly CategoryCount[];
  readonly gates: readonly GateCount[];
};

/**
 * How many are expected, have come and are inside, per ticket category; what each gate did.
 * @throws DomainError event.not_found, check_in.other_event
 */
export async function summarizeCheckIns(deps: { db: Db }, actor: Actor, eventId: string): Promise<CheckInSummary> {
  const event = await findActorEvent(deps, actor, eventId);
  return {
    asOf: event.now,
    categories: await countByCategory(deps.db, eventId),
    gates: await countByGate(deps.db, eventId),
  };
}
