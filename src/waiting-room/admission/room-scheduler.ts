import { withDeadline } from '../../platform/resilience/deadline.ts';
import type { Log } from '../../platform/log.ts';
import { type AdvanceDeps, type Advanced, advanceRoom } from './advance-room.ts';
import { type RoomAtWork, listRoomsAtWork } from './queries.ts';
import * as metrics from '../metrics.ts';
import { type Phase, phases } from '../rooms/phase.ts';

/**
 * Moves waiting rooms to their next phase: a loop in every worker process, without queue or leader. Each look finds
 * what is due by the clock of Postgres, and each step is written over exactly what it expects: of several workers one
 * does it, and the others find nothing to do. It needs only Postgres; without Redis rooms keep their rate.
 *
 * (A row lock with SKIP LOCKED could not choose a leader: joins hold the room's row all the time.)
 */
export type RoomScheduler = {
  /** Looks at all rooms once and runs their steps. For tests, and for the loop. */
  look(): Promise<ReadonlyMap<string, Advanced>>;
  close(): Promise<void>;
};

/** An open room is checked often enough that a second is never much longer than one. */
const openLookMs = 250;
const idleLookMs = 1000;
/** Rooms whose steps run at the same time in one process, and how many of them may be drawing, which takes longest. */
const stepsMax = 8;
const drawsMax = 4;
/** Longer than the deadline of any step. */
const stepDeadlineMs = 20_000;

export type RoomSchedulerDeps = AdvanceDeps & { readonly log: Log; readonly isLooping?: boolean };

export function createRoomScheduler(deps: RoomSchedulerDeps): RoomScheduler {
  /** Rooms whose step is still running: a draw takes seconds, and must not delay other rooms. */
  const busy = new Map<string, Phase>();
  const running = new Set<Promise<unknown>>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  const step = async (room: RoomAtWork): Promise<Advanced> => {
    try {
      const advanced = await withDeadline(stopping.signal, stepDeadlineMs, (signal) => advanceRoom(deps, room, signal));
      metrics.ticks.inc({ outcome: advanced });
      if (notable.has(advanced)) deps.log.info({ eventId: room.event_id, step: advanced }, 'a waiting room advanced');
      return advanced;
    } catch (error) {
      metrics.ticks.inc({ outcome: 'failed' });
      if (!stopping.signal.aborted)
        deps.log.warn({ err: error, eventId: room.event_id, phase: room.phase }, 'a waiting room could not advance');
      return 'waiting';
    } finally {
      busy.delete(room.event_id);
    }
  };

  const start = (rooms: readonly RoomAtWork[]): Map<string, Promise<Advanced>> => {
    const started = new Map<string, Promise<Advanced>>();
    for (const room of rooms) {
      if (busy.size >= stepsMax || stopping.signal.aborted) break;
      if (!isWork(room) || busy.has(room.event_id)) continue;
      if (room.phase === 'drawing' && [...busy.values()].filter(isDrawing).length >= drawsMax) continue;
      busy.set(room.event_id, room.phase);
      const promise = step(room);
      started.set(room.event_id, promise);
      running.add(promise);
      void promise.finally(() => running.delete(promise));
    }
    return started;
  };

  const loop = async (): Promise<void> => {
    let pauseMs = idleLookMs;
    try {
      const rooms = await listRoomsAtWork(deps.db);
      observe(rooms);
      start(rooms);
      if (rooms.some((room) => room.phase !== 'closed' && room.phase !== 'pre_queue')) pauseMs = openLookMs;
    } catch (error) {
      if (!stopping.signal.aborted) deps.log.warn({ err: error }, 'the waiting rooms could not be read');
    }
    if (!stopping.signal.aborted) timer = setTimeout(() => void loop(), pauseMs);
  };
  if (deps.isLooping !== false) void loop();

  return {
    look: async () => {
      const started = start(await listRoomsAtWork(deps.db));
      const ends = await Promise.all([...started].map(async ([eventId, end]) => [eventId, await end] as const));
      return new Map(ends);
    },
    close: async () => {
      stopping.abort();
      clearTimeout(timer);
      await Promise.all(running);
    },
  };
}

const notable: ReadonlySet<Advanced> = new Set([
  'pre_queue',
  'frozen',
  'void',
  'open',
  'stopped',
  'reopened',
  'sold_out',
  'over',
]);

const isDrawing = (phase: Phase) => phase === 'drawing';

/** Rooms with nothing due take no slot. */
function isWork(room: RoomAtWork): boolean {
  if (room.is_sale_over || room.phase === 'drawing') return true;
  if (room.phase === 'closed') return room.is_pre_queue_due;
  return room.phase === 'pre_queue' ? room.is_freeze_due : room.is_serving_due;
}

function observe(rooms: readonly RoomAtWork[]): void {
  const open = rooms.filter((room) => room.phase === 'open');
  for (const phase of phases)
    if (phase !== 'over') metrics.roomsByPhase.set({ phase }, rooms.filter((room) => room.phase === phase).length);
  metrics.admissionRate.set(open.reduce((sum, room) => sum + room.admission_rate, 0));
  metrics.admissionRateMax.set(open.reduce((sum, room) => sum + room.rate_max, 0));
  metrics.waitingPlaces.set(rooms.reduce((sum, room) => sum + room.waiting, 0));
  metrics.drawsLate.set(
    rooms.filter((room) => room.phase === 'drawing' && room.is_opening_due && !room.is_drawn).length,
  );
}
