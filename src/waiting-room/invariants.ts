import { sql } from 'drizzle-orm';
import { type Invariant, invariantOf } from '../platform/invariant.ts';
import { drawInvariants } from './draw/invariants.ts';
import { placeInvariants } from './places/invariants.ts';

const roomInvariants: readonly Invariant[] = [
  invariantOf(
    'waiting_room.called_places',
    'Nobody is called who has no place, nobody lapses who was not called, and before the room opens nobody is called.',
    sql`
      select 'room ' || event_id || ' (' || phase || ') has called ' || serving || ' of ' || places || ' places, '
        || lapsed_below || ' of them lapsed' as sentence
      from waiting_rooms
      where serving > places or lapsed_below > serving
        or (phase in ('closed', 'pre_queue', 'drawing') and (serving > 0 or rate > 0))`,
  ),
  invariantOf(
    'waiting_room.drawn_before_open',
    'A room opens only when its draw is done, and in the order that was drawn.',
    sql`
      select 'room ' || room.event_id || ' is ' || room.phase || ' and has not been drawn' as sentence
      from waiting_rooms room
      where room.phase in ('open', 'probably_sold_out') and not exists (
        select from draws draw where draw.event_id = room.event_id and draw.state = 'drawn'
          and draw.places = room.frozen_places)`,
  ),
  invariantOf(
    'waiting_room.spent_passes',
    'A pass was spent on an order of its own event, by the buyer whose place it was, and its place was not taken out; or its place was given up, without an order that lives.',
    sql`
      select 'the pass of place ' || spent.place_index || ' of ' || spent.event_id || ' was spent on '
        || coalesce(spent.order_id, 'nothing') as sentence
      from spent_passes spent
      left join places place on place.event_id = spent.event_id and place.place_index = spent.place_index
      left join orders placed on placed.event_id = spent.event_id and placed.id = spent.order_id
      where place.event_id is null or place.voided_at is not null
        or (place.given_up_at is null and spent.order_id is null)
        or (place.given_up_at is not null and placed.status in ('pending_payment', 'closing'))
        or (spent.order_id is not null and (placed.event_id is null or not place.account_key = any (placed.buyer_keys)))`,
  ),
];

/** Invariants of waiting rooms, their places and their draws. */
export const waitingRoomInvariants: readonly Invariant[] = [...roomInvariants, ...placeInvariants, ...drawInvariants];
