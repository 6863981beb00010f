import { type ChangeRoomDeps, type RoomOfActor, changeRoom, planned } from './change-room.ts';
import { setPaused } from './settings-queries.ts';

/**
 * Stops calling, or goes on where it stopped. While a room is paused no turn runs out; passes that are out stay good until
 * they end. Does nothing when it is so already.
 * @throws DomainError event.not_found, queue.not_found, queue.over
 */
export async function pauseRoom(
  deps: ChangeRoomDeps,
  { isPaused, ...of }: RoomOfActor & { readonly isPaused: boolean },
): Promise<void> {
  await changeRoom(deps, of, async (tx, _event, found) => {
    const room = planned(found);
    if (room.paused === isPaused) return {};
    await setPaused(tx, room, isPaused);
    return { act: isPaused ? 'waiting_room.paused' : 'waiting_room.resumed' };
  });
}
