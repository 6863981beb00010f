import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import type { Log } from '../../platform/log.ts';
import { isLapsed } from '../places/decide-exchange.ts';
import type { LiveRoom } from './live-room.ts';
import { watchAge, watchedRooms } from '../metrics.ts';
import { type WatchedRow, findVoidedPlaces, listWatchedRooms } from './queries.ts';
import { serviceUnavailable } from '../../platform/errors.ts';

/**
 * All live waiting rooms in the memory of a process, by one query a second, whatever the number of rooms and of waiting
 * buyers. While Postgres is down the last known rooms stay: calling stops (`servingAt`), and nobody loses a place.
 */
export type RoomWatch = {
  /** The room of a published event; undefined if there is none, or nothing is known yet. */
  roomOf(slug: string): LiveRoom | undefined;
  roomById(eventId: string): LiveRoom | undefined;
  /** Whether this place of the room was called, and its turn is over. */
  isLapsed(eventId: string, placeIndex: number): boolean;
  /** False until Postgres has answered once. Before that nothing is known, not even that there is no room. */
  isReady(): boolean;
  /** Postgres' time as this process estimates it, in milliseconds: the clock of turns and passes. */
  now(): number;
  /** Reads now, for callers that cannot wait for the next second. */
  refresh(): Promise<void>;
  close(): void;
};

const refreshMs = 1000;
const noPlaces: ReadonlySet<number> = new Set();

export function createRoomWatch(deps: { db: Db; log: Log; clock: Clock }): RoomWatch {
  let byId: ReadonlyMap<string, LiveRoom> = new Map();
  let bySlug: ReadonlyMap<string, LiveRoom> = new Map();
  /** Postgres' time and ours at the last answer. */
  let answered: { readonly serverMs: number; readonly at: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const voided = createVoidedPlaces(deps.db);

  const refresh = async (): Promise<void> => {
    const rows = await listWatchedRooms(deps.db);
    const at = performance.now();
    const rooms = await Promise.all(rows.map(async (row) => toRoom(row, await voided.of(row))));
    byId = new Map(rooms.map((room) => [room.eventId, room]));
    bySlug = new Map(rooms.map((room) => [room.slug, room]));
    const serverMs = rows[0]?.now_ms;
    answered = { serverMs: serverMs ?? deps.clock.now().getTime(), at };
    voided.keep(byId);
    watchedRooms.set(rooms.length);
  };

  const look = async (): Promise<void> => {
    const started = performance.now();
    try {
      await refresh();
    } catch (error) {
      deps.log.debug({ err: error }, 'the waiting rooms could not be read; the last known state is used');
    }
    if (answered !== undefined) watchAge.set((performance.now() - answered.at) / 1000);
    if (isClosed) return;
    timer = setTimeout(() => void look(), Math.max(refreshMs - (performance.now() - started), refreshMs / 2));
    timer.unref();
  };
  void look();

  return {
    roomOf: (slug) => bySlug.get(slug),
    roomById: (eventId) => byId.get(eventId),
    isLapsed: (eventId, placeIndex) => {
      const room = byId.get(eventId);
      return room !== undefined && isLapsed(room, placeIndex);
    },
    isReady: () => answered !== undefined,
    now: () =>
      answered === undefined ? deps.clock.now().getTime() : answered.serverMs + (performance.now() - answered.at),
    refresh,
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function toRoom(row: WatchedRow, voidedPlaces: ReadonlySet<number>): LiveRoom {
  return {
    eventId: row.event_id,
    slug: row.slug,
    organizerId: row.organizer_id,
    country: row.country,
    phase: row.phase,
    challengeDifficulty: row.challenge_difficulty,
    turnSeconds: row.turn_seconds,
    passSeconds: row.pass_seconds,
    places: row.places,
    serving: row.serving,
    servingAt: row.serving_at_ms ?? undefined,
    rate: row.rate,
    lapsedBelow: row.lapsed_below,
    draw:
      row.draw_key === null || row.frozen_places === null
        ? undefined
        : { drawKey: row.draw_key, frozenPlaces: row.frozen_places },
    voidedPlaces,
  };
}

/** The places that a draw left out, read once per draw, because there may be many and they do not change. */
function createVoidedPlaces(db: Db) {
  const known = new Map<string, { readonly number: number; readonly places: ReadonlySet<number> }>();
  return {
    of: async (row: WatchedRow): Promise<ReadonlySet<number>> => {
      if (row.draw_number === null) return noPlaces;
      const own = known.get(row.event_id);
      if (own?.number === row.draw_number) return own.places;
      const places = new Set(await findVoidedPlaces(db, row.event_id, row.draw_number));
      known.set(row.event_id, { number: row.draw_number, places });
      return places;
    },
    keep: (rooms: ReadonlyMap<string, unknown>) => {
      for (const eventId of known.keys()) if (!rooms.has(eventId)) known.delete(eventId);
    },
  };
}

/** The event whose line a buyer wants to join, from memory; undefined if there is none. */
export function findEventOfRoom(
  rooms: Pick<RoomWatch, 'roomOf' | 'isReady'>,
): (slug: string) => Promise<{ id: string; organizerId: string; country: string } | undefined> {
  return async (slug) => {
    const room = rooms.roomOf(slug);
    if (room === undefined && !rooms.isReady()) throw serviceUnavailable();
    return room === undefined ? undefined : { id: room.eventId, organizerId: room.organizerId, country: room.country };
  };
}
