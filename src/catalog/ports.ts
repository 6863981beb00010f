import type { Db } from '../platform/database/db.ts';
import type { MissingForPublication } from './errors.ts';
import type { EventRow, TicketCategoryRow } from './queries.ts';

/**
 * What this room must know of orders, which stand above it: given to it where the service is composed.
 */
export type Availability = {
  readonly ticketCategoryId: string;
  readonly available: number;
  readonly capacity: number;
};

/** The stock that each ticket category of the event draws from; a category without stock may be left out. */
export type AvailabilityOf = (db: Db, eventId: string) => Promise<readonly Availability[]>;

/** Called in the transaction that set, changed or lifted a limit per buyer. */
export type LimitsChanged = (tx: Db, eventId: string) => Promise<void>;

/** Called in the transaction that called a published event off, or changed fields of it: its holders may have to hear of it. */
export type EventChanged = (tx: Db, before: EventRow, after: EventRow) => Promise<void>;

/**
 * Whether tickets of the event (or of this one category) were ever ordered. Called in a transaction that withdraws what
 * could be ordered: it must keep placements of the event out until that transaction ends.
 */
export type WasOrdered = (tx: Db, eventId: string, ticketCategoryId?: string) => Promise<boolean>;

/**
 * Why the money of a sale cannot be paid, each reason with a code; nothing when it can. Asked with what the sale would be,
 * in the transaction that publishes or changes it.
 */
export type UnpayableSale = (
  tx: Db,
  sale: Pick<EventRow, 'organizerId' | 'currency' | 'holdSeconds' | 'feePerTicket' | 'ticketsPerOrderMax' | 'sales'>,
  categories: readonly Pick<TicketCategoryRow, 'id' | 'price' | 'perOrderMax' | 'status'>[],
) => Promise<readonly MissingForPublication[]>;

/**
 * What the public may know of an event's waiting room, and for how long that holds; undefined for an event that is not
 * public or has no waiting room.
 */
export type QueueOf = (
  db: Db,
  eventId: string,
) => Promise<{ readonly body: unknown; readonly currentForMs?: number } | undefined>;
