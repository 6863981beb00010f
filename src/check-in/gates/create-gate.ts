import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { checkGateCategories, refuseTakenName } from './queries.ts';
import { gateLimitReached } from '../errors.ts';
import { gateKey } from './key.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { gatesPerEventMax } from '../limits.ts';
import { type Gate, gates } from '../tables.ts';
import { count, eq } from 'drizzle-orm';

/**
 * Adds a gate to an event; with `ticketCategoryIds` null every category may enter.
 * @throws DomainError event.not_found, gate.name_taken, gate.limit_reached, gate.category_unknown
 */
export async function createGate(
  deps: { db: Db; clock: Clock },
  actor: Actor,
  input: { eventId: string; name: string; ticketCategoryIds: readonly string[] | null },
): Promise<Gate> {
  await findActorEvent(deps, actor, input.eventId);
  const gate: Gate = {
    eventId: input.eventId,
    id: newId('gat', deps.clock.now()),
    name: input.name,
    nameKey: gateKey(input.name),
    ticketCategoryIds: input.ticketCategoryIds === null ? null : [...new Set(input.ticketCategoryIds)],
  };
  return refuseTakenName(() =>
    transaction(deps.db, async (tx) => {
      await checkGateCategories(tx, gate);
      if ((await countGates(tx, input.eventId)) >= gatesPerEventMax) throw gateLimitReached(gatesPerEventMax);
      await insertGate(tx, gate);
      await writeAudit(tx, { actor, act: 'gate.created', subjectId: gate.id, changes: describe(gate) });
      return gate;
    }),
  );
}

function describe(gate: Gate): Record<string, unknown> {
  return { eventId: gate.eventId, name: gate.name, ticketCategoryIds: gate.ticketCategoryIds };
}

async function countGates(db: Db, eventId: string): Promise<number> {
  const [row] = await db.select({ gates: count() }).from(gates).where(eq(gates.eventId, eventId));
  return row?.gates ?? 0;
}

async function insertGate(tx: Db, gate: Gate): Promise<void> {
  await tx.insert(gates).values(gate);
}
