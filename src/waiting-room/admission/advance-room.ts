import { openingShare } from './admission-rate.ts';
import { openPreQueue } from './open-pre-queue.ts';
import { type RoomAtWork, markOpen, markOver } from './queries.ts';
import type { DrawDeps } from '../draw/index.ts';
import { completeDraw, freezePlaces } from '../draw/index.ts';
import { type ServeDeps, type Served, serveRoom } from './serve-room.ts';

export type AdvanceDeps = ServeDeps & DrawDeps;

/** `waiting`: nothing is due. `drawing`: the draw is under way. */
export type Advanced = Served | 'waiting' | 'pre_queue' | 'frozen' | 'drawing' | 'void' | 'open' | 'over';

/**
 * Takes a room one step further, if one is due. Each step is one statement or transaction that states the phase it
 * expects. Any number of workers may therefore run it at the same time, or be killed meanwhile.
 */
export async function advanceRoom(deps: AdvanceDeps, room: RoomAtWork, signal: AbortSignal): Promise<Advanced> {
  const eventId = room.event_id;
  const told = async <Step extends Advanced>(isDone: boolean, step: Step): Promise<Step | 'elsewhere'> => {
    if (!isDone) return 'elsewhere';
    await deps.changeQueue(eventId);
    return step;
  };
  if (room.is_sale_over) return told(await markOver(deps.db, eventId), 'over');
  if (room.phase === 'closed') {
    if (!room.is_pre_queue_due) return 'waiting';
    const opened = await openPreQueue(deps, eventId);
    if (opened === 'late') deps.log.warn({ eventId }, 'a pre-queue opened late, so its draw and its sale are later');
    return told(opened !== undefined, 'pre_queue');
  }
  if (room.phase === 'pre_queue') {
    if (!room.is_freeze_due) return 'waiting';
    return told((await freezePlaces(deps, eventId)) === 'frozen', 'frozen');
  }
  if (room.phase === 'drawing') {
    const progress = room.is_drawn ? 'drawn' : await completeDraw(deps, eventId, signal);
    if (progress === 'void') return told(true, 'void');
    // A late draw keeps the room in this phase, however late: no sale in an unfair order.
    if (progress === 'waiting') return 'drawing';
    if (room.is_opening_due) return told(await markOpen(deps.db, eventId, openingShare), 'open');
    return room.is_drawn ? 'waiting' : told(true, 'drawing');
  }
  return room.is_serving_due ? serveRoom(deps, eventId) : 'waiting';
}
