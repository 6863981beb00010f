import { sql } from 'drizzle-orm';
import { type Invariant, invariantOf } from '../../platform/invariant.ts';

/** Invariants of places, part of the room's invariants. */
export const placeInvariants: readonly Invariant[] = [
  invariantOf(
    'waiting_room.places_counted',
    'Indexes are given out without gaps: the counter of a room is its number of places and one more than its last index.',
    sql`
      select 'room ' || r.event_id || ' has counted ' || r.places || ' places, and has ' || count(p.place_index)
        || ' up to index ' || coalesce(max(p.place_index)::text, 'none') as sentence
      from waiting_rooms r left join places p on p.event_id = r.event_id
      group by r.event_id
      having r.places <> count(p.place_index) or r.places <> coalesce(max(p.place_index) + 1, 0)`,
  ),
  invariantOf(
    'waiting_room.one_place_per_account',
    'An account holds one place in the line of an event; those that it gave up for another are over.',
    sql`
      select 'account ' || account_key || ' has ' || count(*) || ' places at ' || event_id as sentence
      from places where given_up_at is null group by event_id, account_key having count(*) > 1
      union all
      select 'place ' || p.place_index || ' of ' || p.event_id || ' was given up and is not used up' as sentence
      from places p where p.given_up_at is not null and not exists (
        select from spent_passes s where s.event_id = p.event_id and s.place_index = p.place_index)`,
  ),
  invariantOf(
    'waiting_room.places_in_rooms',
    'Every place is in the line of an event that has a room.',
    sql`
      select 'place ' || p.place_index || ' of ' || p.event_id || ' is in no room' as sentence
      from places p where not exists (select from waiting_rooms r where r.event_id = p.event_id)`,
  ),
];
