import type { Db } from '../platform/database/db.ts';
import type { Phase } from './rooms/phase.ts';
import type { EventStock } from './admission/stop-rule.ts';

/** The data of a room that joining needs, at most a second old. The row decides again. */
export type RoomFacts = {
  readonly eventId: string;
  readonly phase: Phase;
  /** The work of a browser before it may join; 0 for none. */
  readonly challengeDifficulty: number;
};

/** The rooms in the memory of the process (`createRoomWatch`). */
export type KnownRooms = {
  /** Undefined for an event that does not exist or has no room. */
  roomOf(slug: string): RoomFacts | undefined;
  /** Whether this place was called and its turn is over, as far as the process knows; never true too early. */
  isLapsed(eventId: string, placeIndex: number): boolean;
  /** False until rooms were read once. */
  isReady(): boolean;
};

/** Everything on sale of an event, as orders know it. */
export type StockOf = (db: Db, eventId: string) => Promise<EventStock>;

/** After a commit: renews the event's queue document where it is cached. Without this it expires within a second. */
export type ChangeQueue = (eventId: string) => Promise<void>;
