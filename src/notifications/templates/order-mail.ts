import type { ShownEvent } from '../../catalog/index.ts';
import type { Money } from '../../platform/text/money.ts';

/** The organizer's contact, and the pages of its texts; null or undefined if it has none. */
export type Seller = {
  /** Answers to the mail go to it. */
  readonly email: string | null;
  readonly phone: string | null;
  readonly privacyLink?: string | undefined;
  readonly termsLink?: string | undefined;
};

/** The data of the mails about an order. Nothing is looked up while a mail is written. */
export type OrderMailData = {
  readonly locale: 'id' | 'en';
  /** Undefined if the stored text is no name of a person: the message then greets nobody by name. */
  readonly buyerName: string | undefined;
  readonly organizerName: string;
  readonly seller: Seller;
  readonly event: ShownEvent;
  readonly orderCode: string;
  /** The page of the order; its fragment holds the secret. */
  readonly link: string;
  readonly lines: readonly { readonly name: string; readonly quantity: number; readonly price: Money }[];
  readonly discount: Money;
  readonly fees: Money;
  readonly total: Money;
  /** Valid tickets, each with the text of its QR symbol and the code that a person can type. */
  readonly tickets: readonly { readonly code: string; readonly shortCode: string; readonly categoryName: string }[];
  /** Valid tickets, also those that were given to others. */
  readonly liveTickets: number;
  /** Whether the page of the order offers passes for a wallet. */
  readonly hasWallets: boolean;
  /** When an unpaid order ends. */
  readonly expiresAt: Date;
  /** Money has come for the order, whatever happened to it. */
  readonly isPaid: boolean;
  /** The organizer keeps nothing of it. */
  readonly isRefunded: boolean;
  /** The event for the holder's calendar, or its cancellation. */
  readonly calendar: { readonly text: string; readonly method: 'PUBLISH' | 'CANCEL' };
};
