import { sql } from 'drizzle-orm';
import type { EventChanged } from '../../catalog/index.ts';

/**
 * Fields of an event that webhooks do not name, because they follow from others or are the organiser's own settings.
 */
const quiet = new Set(['version', 'publishedAt']);

/** Notes for webhooks that an event was published, publicly changed, withdrawn or called off, in the transaction of the change. */
export const noteEventForWebhooks: EventChanged = async (tx, before, after) => {
  if (before.status === 'draft' && after.status === 'draft') return;
  const changed = Object.keys(after).filter(
    (field) => !quiet.has(field) && text(Reflect.get(before, field)) !== text(Reflect.get(after, field)),
  );
  const type =
    after.status === 'cancelled' ? 'event.cancelled' : before.status === 'draft' ? 'event.published' : 'event.changed';
  const data = {
    eventId: after.id,
    slug: after.slug,
    name: after.name,
    status: after.status,
    version: after.version,
    startsAt: after.startsAt.toISOString(),
    endsAt: after.endsAt.toISOString(),
    doorsOpenAt: after.doorsOpenAt.toISOString(),
    timeZone: after.timeZone,
    venue: after.venue,
    city: after.city,
    changed: type === 'event.published' ? [] : changed,
  };
  await tx.execute(sql`
    select note_facts(array[${after.organizerId}::text], array[${after.id}::text], array[${type}::text], array[${after.id}::text],
      array[${JSON.stringify(data)}::jsonb])`);
};

const text = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));
