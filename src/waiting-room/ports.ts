import type { Db } from '../platform/database/db.ts';
import type { Phase } from './rooms/phase.ts';
import type { EventStock } from './admission/stop-rule.ts';

/** What joining must know of a room, at most a second old. What is decided here is decided again on the row. */
export type RoomFacts = {
  readonly eventId: string;
  readonly phase: Phase;
  /** How much work a browser does before it may join; 0 asks for none. */
  readonly challengeDifficulty: number;
};

/** The rooms in the memory of the process (`createRoomWatch`). */
export type KnownRooms = {
  /** Undefined for an event that does not exist or has no room. */
  roomOf(slug: string): RoomFacts | undefined;
  /** Whether this place was called and its turn is over, as far as the process knows: it never is too early. */
  isLapsed(eventId: string, placeIndex: number): boolean;
  /** False until rooms were read once. */
  isReady(): boolean;
};

/** All that is on sale of an event, which orders know. */
export type StockOf = (db: Db, eventId: string) => Promise<EventStock>;

/** After a commit: whoever keeps the event's queue document makes it anew. What is not told turns within a second. */
export type ChangeQueue = (eventId: string) => Promise<void>;
