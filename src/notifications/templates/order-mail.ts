import type { Money } from '../../platform/text/money.ts';

/** How to reach the organizer, and the pages of its texts; null or undefined where it has given none. */
export type Seller = {
  /** Answers to the mail go to it. */
  readonly email: string | null;
  readonly phone: string | null;
  readonly privacyLink?: string | undefined;
  readonly termsLink?: string | undefined;
};

/** What the mails about an order are made of. Pure data; nothing is looked up while a mail is written. */
export type OrderMailData = {
  readonly locale: 'id' | 'en';
  /** Undefined where what is stored is no name of a person: the message then greets nobody by name. */
  readonly buyerName: string | undefined;
  readonly organizerName: string;
  readonly seller: Seller;
  readonly event: {
    readonly name: string;
    readonly venue: string;
    readonly address: string;
    readonly city: string;
    readonly timeZone: string;
    readonly startsAt: Date;
    readonly endsAt: Date;
    readonly doorsOpenAt: Date;
  };
  readonly orderCode: string;
  /** The page of the order; its fragment holds the secret. */
  readonly link: string;
  readonly lines: readonly { readonly name: string; readonly quantity: number; readonly price: Money }[];
  readonly discount: Money;
  readonly fees: Money;
  readonly total: Money;
  /** Valid tickets, with the text that their QR symbol carries, and the one that a person can type. */
  readonly tickets: readonly { readonly code: string; readonly shortCode: string; readonly categoryName: string }[];
  /** Whether the page of the order offers passes for a wallet. */
  readonly hasWallets: boolean;
  /** When an unpaid order ends. */
  readonly expiresAt: Date;
  /** Money has come for the order, whatever became of it. */
  readonly isPaid: boolean;
  /** The event for the holder's calendar, or its cancellation. */
  readonly calendar: { readonly text: string; readonly method: 'PUBLISH' | 'CANCEL' };
};
