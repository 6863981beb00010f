import { sql } from 'drizzle-orm';
import type { FindNames } from '../../access/index.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { idPatterns } from '../../platform/ids.ts';

/**
 * Names of an organizer's things by their ids, in one statement by keys. Parts of an event are found only if the event is among the ids.
 * Ids of deleted things and of other organizers' things have no name.
 */
export function createFindNames(deps: { readonly db: Db }): FindNames {
  return async (organizerId, ids) => {
    if (ids.length === 0) return new Map();
    const wanted = sql`any(${arrayText(ids)}::text[])`;
    const eventIds = sql`any(${arrayText(ids.filter((id) => idPatterns.event.test(id)))}::text[])`;
    const rows = await rowsOf<{ readonly id: string; readonly name: string }>(
      deps.db,
      sql`
        with e as materialized (select id, name from events where organizer_id = ${organizerId} and id = ${eventIds})
        select id, name from e
        union all select p.id, p.name from e join ticket_categories p on p.event_id = e.id where p.id = ${wanted}
        union all select p.id, p.name from e join pools p on p.event_id = e.id where p.id = ${wanted}
        union all select p.id, p.name from e join gates p on p.event_id = e.id where p.id = ${wanted}
        union all select p.id, p.name from e join zones p on p.event_id = e.id where p.id = ${wanted}
        union all select p.id, p.title from e join schedule_items p on p.event_id = e.id where p.id = ${wanted}
        union all select p.id, p.text from e join questions p on p.event_id = e.id where p.id = ${wanted}
        union all select p.id, p.code from e join promo_codes p on p.event_id = e.id where p.id = ${wanted}
        union all select id, name from staff where organizer_id = ${organizerId} and id = ${wanted}
        union all select id, name from api_keys where organizer_id = ${organizerId} and id = ${wanted}
        union all select id, name from devices where organizer_id = ${organizerId} and id = ${wanted}
        union all select id, external_id from senders where organizer_id = ${organizerId} and id = ${wanted}
        union all select id, url from webhook_endpoints where organizer_id = ${organizerId} and id = ${wanted}
        union all select id, name from organizers where id = ${organizerId} and id = ${wanted}`,
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  };
}
