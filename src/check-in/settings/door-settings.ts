import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { gateCategoryUnknown } from '../errors.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { countCategories } from '../gates/queries.ts';
import { doorSettings } from '../tables.ts';
import { eq, sql } from 'drizzle-orm';

export type DoorSettings = {
  /** Whether devices may keep, and search by, names of guests and the last digits of their phones. */
  readonly showsNames: boolean;
  /** A note for the door staff, by ticket category id. */
  readonly categoryNotes: Readonly<Record<string, string>>;
};

const defaults: DoorSettings = { showsNames: false, categoryNotes: {} };

/** The organiser's settings for the door of an event, or the defaults. */
export async function findDoorSettings(db: Db, eventId: string): Promise<DoorSettings> {
  const [row] = await db.select().from(doorSettings).where(eq(doorSettings.eventId, eventId));
  return row === undefined ? defaults : { showsNames: row.showsNames, categoryNotes: row.categoryNotes };
}

/**
 * Changes the door settings. Omitted fields do not change.
 * @throws DomainError event.not_found, gate.category_unknown for a note on a category of another event
 */
export async function changeDoorSettings(
  deps: { db: Db },
  actor: Actor,
  input: { eventId: string } & { [Name in keyof DoorSettings]?: DoorSettings[Name] | undefined },
): Promise<DoorSettings> {
  const { id: eventId } = await findActorEvent(deps, actor, input.eventId);
  return transaction(deps.db, async (tx) => {
    await tx.insert(doorSettings).values({ eventId }).onConflictDoNothing();
    await tx.select().from(doorSettings).where(eq(doorSettings.eventId, eventId)).for('update');
    const before = await findDoorSettings(tx, eventId);
    const after: DoorSettings = {
      showsNames: input.showsNames ?? before.showsNames,
      categoryNotes: input.categoryNotes ?? before.categoryNotes,
    };
    const noted = Object.keys(after.categoryNotes);
    if ((await countCategories(tx, eventId, noted)) !== noted.length) throw gateCategoryUnknown();
    await tx
      .update(doorSettings)
      .set({ ...after, updatedAt: sql`now()` })
      .where(eq(doorSettings.eventId, eventId));
    await writeAudit(tx, {
      actor,
      act: 'door_settings.changed',
      subjectId: eventId,
      changes: { showsNames: { from: before.showsNames, to: after.showsNames }, notedCategories: noted },
    });
    return after;
  });
}
