import { serviceUnavailable } from '../../platform/errors.ts';
import type { RoomWatch } from './room-watch.ts';

/** The event whose line a buyer wants to stand in, from memory; undefined where there is none. */
export function findEventOfRoom(
  rooms: Pick<RoomWatch, 'roomOf' | 'isReady'>,
): (slug: string) => Promise<{ id: string; organizerId: string; country: string } | undefined> {
  return async (slug) => {
    const room = rooms.roomOf(slug);
    if (room === undefined && !rooms.isReady()) throw serviceUnavailable();
    return room === undefined ? undefined : { id: room.eventId, organizerId: room.organizerId, country: room.country };
  };
}
