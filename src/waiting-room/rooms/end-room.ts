import { type ChangeRoomDeps, type RoomOfActor, changeRoom, planned } from './change-room.ts';
import { markOver } from '../admission/room-scheduler-queries.ts';

/**
 * Ends a room, for good: from then on tickets are ordered without a pass, by whoever comes.
 * @throws DomainError event.not_found, queue.not_found, queue.over
 */
export async function endRoom(deps: ChangeRoomDeps, of: RoomOfActor): Promise<void> {
  await changeRoom(deps, of, async (tx, _event, found) => {
    const room = planned(found);
    await markOver(tx, room.eventId);
    return {
      act: 'waiting_room.ended',
      changes: { phase: room.phase, places: room.places, served: Math.floor(room.serving) },
    };
  });
}
