import { type ShownEvent, eventIn } from '../../catalog/index.ts';
import type { Db } from '../../platform/database/db.ts';
import { idPatterns, orderCode } from '../../platform/ids.ts';
import { inLanguage } from '../../platform/text/in-language.ts';
import { ticketNotFound } from '../errors.ts';
import type { TicketKeys } from '../tickets/codes/ticket-keys.ts';
import { findHeldTicket } from '../tickets/queries.ts';

/** What a wallet pass shows, in the language of the order. */
export type WalletPass = {
  readonly ticketId: string;
  readonly eventId: string;
  /** The holder, who may not be the buyer. */
  readonly transfer: number;
  readonly locale: 'id' | 'en';
  /** The content of the QR code, and the code that a person can type. */
  readonly code: string;
  readonly shortCode: string;
  /** Null for the holder of a ticket that was given on, who is told nothing of the order. */
  readonly orderCode: string | null;
  readonly holderName: string;
  readonly categoryName: string;
  readonly organizerName: string;
  readonly event: ShownEvent & {
    /** Rises with each change of the event. */
    readonly version: number;
  };
};

/**
 * One valid ticket, for the wallet of its present holder.
 * @param transfer how often the ticket was given on when it reached the caller; 0 for the buyer
 * @throws DomainError ticket.not_found, also for a ticket that was revoked or given on, and for an event that was
 * called off
 */
export async function findWalletPass(
  { db, ticketKeys }: { readonly db: Db; readonly ticketKeys: TicketKeys },
  { ticketId, transfer }: { readonly ticketId: string; readonly transfer: number },
): Promise<WalletPass> {
  if (!idPatterns.ticket.test(ticketId)) throw ticketNotFound();
  const held = await findHeldTicket(db, { ticketId, transfer });
  if (held === undefined) throw ticketNotFound();
  const { ticket, locale, buyerName, organizerName } = held;
  const event = eventIn(locale, held.event);
  return {
    ...(await ticketKeys.writerOf(event.id))(ticket),
    ticketId,
    eventId: event.id,
    transfer,
    locale,
    orderCode: transfer === 0 ? orderCode(ticket.orderId) : null,
    holderName: ticket.holderName ?? buyerName,
    categoryName: inLanguage(locale, ticket.categoryName, ticket.categoryNameEn),
    organizerName,
    event,
  };
}
