import { eq, sql } from 'drizzle-orm';
import { type Actor, writeAudit } from '../../access/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { lockOwnEvent } from './draft-announcement.ts';
import { settingsDefault } from './limits.ts';
import type { MessageSettings } from './schemas.ts';
import { requireOwnEvent } from './show-announcements.ts';
import { messageSettings } from './tables.ts';

/**
 * The messages that an event sends by itself.
 * @throws DomainError event.not_found
 */
export async function showMessageSettings(
  db: Db,
  of: { readonly organizerId: string; readonly eventId: string },
): Promise<MessageSettings> {
  await requireOwnEvent(db, of);
  const [row] = await db.select().from(messageSettings).where(eq(messageSettings.eventId, of.eventId));
  const { reminderHours, paymentReminderMinutes, changeNotices } = row ?? settingsDefault;
  return { reminderHours, paymentReminderMinutes, changeNotices };
}

/** @throws DomainError event.not_found */
export async function setMessageSettings(
  deps: { readonly db: Db },
  { actor, eventId, settings }: { actor: Actor; eventId: string; settings: MessageSettings },
): Promise<MessageSettings> {
  return transaction(deps.db, async (tx) => {
    await lockOwnEvent(tx, { organizerId: actor.organizerId, eventId });
    await tx
      .insert(messageSettings)
      .values({ eventId, ...settings })
      .onConflictDoUpdate({ target: messageSettings.eventId, set: { ...settings, changedAt: sql`now()` } });
    await writeAudit(tx, { actor, act: 'message_settings.set', subjectId: eventId, changes: settings });
    return settings;
  });
}
