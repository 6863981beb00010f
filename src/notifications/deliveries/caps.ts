import type { Channel } from '../tables.ts';

/**
 * How many messages one recipient gets within any hour on each channel, over everything that is sent. A recipient is a
 * mailbox or a phone, however it is spelt (`src/access/buyers/buyer-key.ts`). Messages about received money are not
 * counted, so strangers cannot keep them from a paying buyer.
 *
 * The hour is divided into shares, and one share cannot use up another. A stranger who orders free tickets in a
 * person's name cannot keep a sign-in code or paid tickets from that person. Strangers can cause at most the sum of
 * their shares. `docs/features/messages.md` lists who can cause which message.
 */
export type Share =
  /** Free tickets, and the end of orders that nobody paid for. Anybody can cause these. */
  | 'orders'
  /** The same messages if the order's own buyer has confirmed this address. */
  | 'confirmed_orders'
  /** The link to an unpaid order. Anybody can cause these by ordering. */
  | 'placed_orders'
  /** Links to paid orders, requested with an address alone. Anybody who knows the address can cause these. */
  | 'found_links'
  /** Links to unpaid orders, requested again. Anybody who ordered can cause these. */
  | 'links'
  /** Links to paid orders. The request needs the order's code, which its buyer has. */
  | 'paid_links'
  /** Codes that confirm an address. Anybody can cause these. */
  | 'codes'
  /** An event with free tickets was called off or moved. */
  | 'events'
  /** Organizers' messages to the holders of tickets, and reminders of an event. */
  | 'announcements'
  /** News, to buyers who agreed. */
  | 'news'
  /** The time to pay for an order is nearly over. Anybody can cause these. */
  | 'payment_reminders'
  /** Tickets that an organizer sends once more. */
  | 'resends'
  /** A free ticket that its holder gives to somebody. Anybody can cause these. */
  | 'transfers'
  /** The message to the giver of a free ticket. */
  | 'transfer_receipts'
  /** Links that confirm a place in a waiting list. Anybody can cause these. */
  | 'waiting_confirms'
  /** Places offered to a person who has confirmed the address. */
  | 'place_offers'
  /** Invitations, new passwords and disabled webhooks of staff. */
  | 'staff'
  /** Reports that a member has asked for, and those of schedules. */
  | 'reports'
  /** Tests of a sender by an owner, to the owner's own address or the organiser's phone. */
  | 'tests';

/** Messages per recipient within any hour. A share that a channel does not name is never sent there. */
export const messagesPerHourMax = {
  email: {
    orders: 5,
    confirmed_orders: 10,
    placed_orders: 3,
    found_links: 3,
    links: 3,
    paid_links: 3,
    // No tighter than the limits of `src/traffic-control/limits/policies.ts` in an hour, which decide who gets a code
    // and say so: 20 to everybody, a first one to each of 15 networks, 5 to a client that has confirmed the address.
    codes: 40,
    events: 5,
    announcements: 6,
    news: 3,
    payment_reminders: 2,
    resends: 5,
    transfers: 10,
    transfer_receipts: 10,
    waiting_confirms: 4,
    place_offers: 20,
    // Three links to one member by an invitation, and the requests for a new password: 5 by everybody, a first one by
    // each of 5 networks, 3 by a client of the member.
    staff: 16,
    reports: 30,
    tests: 5,
  },
  whatsapp: {
    confirmed_orders: 5,
    found_links: 3,
    codes: 40,
    events: 3,
    announcements: 3,
    news: 1,
    payment_reminders: 1,
    resends: 3,
    tests: 5,
  },
} as const satisfies Record<Channel, Partial<Record<Share, number>>>;
