import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import type { SomeAuditChanges } from '../../access/index.ts';
import { eventNotFound } from '../../access/errors.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { queueNotFound, queueOver } from '../errors.ts';
import type { ChangeQueue } from '../ports.ts';
import type { RoomRow } from '../tables.ts';
import { type EventOfRoom, lockRoom, shareOwnEvent } from './queries.ts';
import { markOver } from '../admission/queries.ts';
import { setPaused } from './settings-queries.ts';

export type ChangeRoomDeps = { readonly db: Db; readonly changeQueue: ChangeQueue };

export type RoomOfActor = { readonly actor: Actor; readonly eventId: string };

/** The change, for the audit log; without `act` nothing changed. */
export type RoomChange = {
  readonly act?: string;
  readonly changes?: SomeAuditChanges;
};

/**
 * Runs one change of a room under its lock, with the audit row in the same transaction; after the commit the queue
 * document is renewed. `work` gets no room if none is planned yet.
 * @throws DomainError event.not_found for another organizer's event, queue.over
 */
export async function changeRoom(
  deps: ChangeRoomDeps,
  { actor, eventId }: RoomOfActor,
  work: (tx: Db, event: EventOfRoom, room: RoomRow | undefined) => Promise<RoomChange>,
): Promise<void> {
  const isDone = await transaction(deps.db, async (tx) => {
    const event = await shareOwnEvent(tx, actor.organizerId, eventId);
    if (event === undefined) throw eventNotFound();
    const room = await lockRoom(tx, actor.organizerId, eventId);
    if (room?.phase === 'over') throw queueOver();
    const { act, changes } = await work(tx, event, room);
    if (act === undefined) return false;
    await writeAudit(tx, { actor, act, subjectId: eventId, changes: changes ?? {} });
    return true;
  });
  if (isDone) await deps.changeQueue(eventId);
}

/** @throws DomainError queue.not_found */
function planned(room: RoomRow | undefined): RoomRow {
  if (room === undefined) throw queueNotFound();
  return room;
}

/**
 * Ends a room permanently: from then on orders need no pass.
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

/**
 * Stops calling, or continues where it stopped. While a room is paused no turn runs out; issued passes stay valid until
 * they expire. Does nothing if the room is already in this state.
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
