import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { type GateRules, checkGateRules, refuseTakenName } from './queries.ts';
import { gateNotFound } from '../errors.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { gateKey } from './key.ts';
import { type Gate, gates } from '../tables.ts';
import { and, eq } from 'drizzle-orm';

type Change = { readonly name: string } & GateRules;

/**
 * Renames a gate or changes its rules. Omitted fields do not change. People who are inside stay counted in their zone.
 * @throws DomainError event.not_found, gate.not_found, gate.name_taken, gate.category_unknown, gate.times_reversed, zone.not_found
 */
export async function changeGate(
  deps: { db: Db },
  actor: Actor,
  input: { eventId: string; gateId: string } & { readonly [Name in keyof Change]?: Change[Name] | undefined },
): Promise<Gate> {
  await findActorEvent(deps, actor, input.eventId);
  return refuseTakenName(() =>
    transaction(deps.db, async (tx) => {
      const before = await lockGate(tx, input.eventId, input.gateId);
      if (before === undefined) throw gateNotFound();
      const after = changed(before, input);
      await checkGateRules(tx, after);
      await updateGate(tx, after);
      await writeAudit(tx, {
        actor,
        act: 'gate.changed',
        subjectId: after.id,
        changes: {
          eventId: after.eventId,
          name: { from: before.name, to: after.name },
          ticketCategoryIds: { from: before.ticketCategoryIds, to: after.ticketCategoryIds },
          opensAt: { from: before.opensAt, to: after.opensAt },
          closesAt: { from: before.closesAt, to: after.closesAt },
          reEntry: { from: before.reEntry, to: after.reEntry },
          zoneId: { from: before.zoneId, to: after.zoneId },
        },
      });
      return after;
    }),
  );
}

/** Omitted fields keep their value; null removes the rule. */
function changed(before: Gate, input: { readonly [Name in keyof Change]?: Change[Name] | undefined }): Gate {
  const name = input.name ?? before.name;
  const categories = input.ticketCategoryIds === undefined ? before.ticketCategoryIds : input.ticketCategoryIds;
  return {
    ...before,
    name,
    nameKey: gateKey(name),
    ticketCategoryIds: categories === null ? null : [...new Set(categories)],
    opensAt: input.opensAt === undefined ? before.opensAt : input.opensAt,
    closesAt: input.closesAt === undefined ? before.closesAt : input.closesAt,
    reEntry: input.reEntry ?? before.reEntry,
    zoneId: input.zoneId === undefined ? before.zoneId : input.zoneId,
  };
}

/** Locks the gate for a change; undefined if the event has no such gate. */
async function lockGate(tx: Db, eventId: string, gateId: string): Promise<Gate | undefined> {
  const [row] = await tx
    .select()
    .from(gates)
    .where(and(eq(gates.eventId, eventId), eq(gates.id, gateId)))
    .for('update');
  return row;
}

async function updateGate(tx: Db, { eventId, id, ...values }: Gate): Promise<void> {
  await tx
    .update(gates)
    .set(values)
    .where(and(eq(gates.eventId, eventId), eq(gates.id, id)));
}
