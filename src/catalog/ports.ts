import type { Db } from '../platform/database/db.ts';
import type { MissingForPublication } from './errors.ts';
import type { DateMove } from './events/date-move.ts';
import type { EventRow, TicketCategoryRow } from './queries.ts';

/** What this room needs of higher rooms; `src/compose.ts` passes the functions in. */

/** The stock of one ticket category. */
export type Availability = {
  readonly ticketCategoryId: string;
  readonly available: number;
  readonly capacity: number;
};

/** The stock that each ticket category of the event draws from; a category without stock may be left out. */
export type AvailabilityOf = (db: Db, eventId: string) => Promise<readonly Availability[]>;

/** Called in the transaction that set or removed a limit per buyer. Another limit needs no other counts. */
export type LimitsChanged = (tx: Db, eventId: string) => Promise<void>;

/**
 * Called in the transaction of every change of an event's row. Its ticket holders may need a message, and its organiser's
 * programs are told.
 */
export type EventChanged = (tx: Db, before: EventRow, after: EventRow) => Promise<void>;

/**
 * Whether tickets of the event (or of this category) were ever ordered. Called in a transaction that removes something from
 * sale. It must block placements for the event until that transaction ends.
 */
export type WasOrdered = (tx: Db, eventId: string, ticketCategoryId?: string) => Promise<boolean>;

/** Called in the transaction that moved an event, because its gates may have times of the old date. */
export type MoveGates = (tx: Db, move: DateMove) => Promise<void>;

/** Called in the transaction that gave a category another pool, or deleted it, after `WasOrdered`: people may wait for it. */
export type CategoryMoved = (tx: Db, eventId: string, ticketCategoryId: string) => Promise<void>;

/**
 * The reasons why no gateway can take payments for a sale, each with a code; empty if one can. Called with the sale as it
 * will be, in the transaction that publishes or changes it.
 */
export type UnpayableSale = (
  tx: Db,
  sale: Pick<EventRow, 'organizerId' | 'currency' | 'holdSeconds' | 'feePerTicket' | 'ticketsPerOrderMax' | 'sales'>,
  categories: readonly Pick<TicketCategoryRow, 'id' | 'price' | 'perOrderMax' | 'status'>[],
) => Promise<readonly MissingForPublication[]>;

/** The part of a waiting room's document that this room reads. */
export type RoomTimes = { readonly phase: string; readonly preQueueOpensAt: string; readonly freezesAt: string };

/**
 * The public data of an event's waiting room, and how long it stays current; undefined for an event that is not public or has no waiting
 * room.
 */
export type QueueOf = (
  db: Db,
  eventId: string,
) => Promise<{ readonly body: RoomTimes; readonly currentForMs?: number } | undefined>;
