import { sql } from 'drizzle-orm';
import { type EventChanged, presentOrganizerEvent } from '../../catalog/index.ts';

/** Fields of an event that webhooks do not name, because they follow from others. */
const quiet = new Set(['version', 'publishedAt']);

/** Notes for webhooks that an event was published, publicly changed, withdrawn or called off, in the transaction of the change. */
export const noteEventForWebhooks: EventChanged = async (tx, before, after) => {
  if (before.status === 'draft' && after.status === 'draft') return;
  const [was, is] = [shown(before), shown(after)];
  const changed = [...is.keys()].filter((field) => !quiet.has(field) && was.get(field) !== is.get(field));
  const type =
    after.status === 'cancelled' ? 'event.cancelled' : before.status === 'draft' ? 'event.published' : 'event.changed';
  const data = {
    eventId: after.id,
    slug: after.slug,
    name: after.name,
    status: after.status,
    sales: after.sales,
    isPostponed: after.postponedAt !== null,
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

/** The fields of an event as the API names them. The organiser's name is not the event's. */
function shown(event: Parameters<EventChanged>[1]): ReadonlyMap<string, string> {
  const fields = Object.entries(presentOrganizerEvent(event, { slug: '', name: '' }));
  return new Map(fields.map(([field, value]) => [field, JSON.stringify(value)]));
}
