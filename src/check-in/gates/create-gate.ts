import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { type GateRules, checkGateRules, refuseTakenName } from './queries.ts';
import { gateLimitReached } from '../errors.ts';
import { gateKey } from './key.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { gatesPerEventMax } from '../limits.ts';
import { type Gate, gates } from '../tables.ts';
import { count, eq, sql } from 'drizzle-orm';

/**
 * Adds a gate to an event. If `ticketCategoryIds` is null, every category may enter. Without times, the gate is open while the event's
 * doors are.
 * @throws DomainError event.not_found, gate.name_taken, gate.limit_reached, gate.category_unknown, gate.times_reversed, zone.not_found
 */
export async function createGate(
  deps: { db: Db; clock: Clock },
  actor: Actor,
  input: { eventId: string; name: string } & GateRules,
): Promise<Gate> {
  await findActorEvent(deps, actor, input.eventId);
  const gate: Gate = {
    ...input,
    id: newId('gat', deps.clock.now()),
    nameKey: gateKey(input.name),
    ticketCategoryIds: input.ticketCategoryIds === null ? null : [...new Set(input.ticketCategoryIds)],
  };
  return refuseTakenName(() =>
    transaction(deps.db, async (tx) => {
      // Serializes the creation of gates, so that the limit holds.
      await tx.execute(sql`select from events where id = ${input.eventId} for no key update`);
      await checkGateRules(tx, gate);
      if ((await countGates(tx, input.eventId)) >= gatesPerEventMax) throw gateLimitReached(gatesPerEventMax);
      await insertGate(tx, gate);
      const { id, nameKey: _key, ...changes } = gate;
      await writeAudit(tx, { actor, act: 'gate.created', subjectId: id, changes });
      return gate;
    }),
  );
}

async function countGates(db: Db, eventId: string): Promise<number> {
  const [row] = await db.select({ gates: count() }).from(gates).where(eq(gates.eventId, eventId));
  return row?.gates ?? 0;
}

async function insertGate(tx: Db, gate: Gate): Promise<void> {
  await tx.insert(gates).values(gate);
}
