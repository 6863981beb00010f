/** Who may call an operation, by the credential kinds of the published contract. One kind of a list is enough. */

/** A signed-in staff member; keys and devices may not. */
export const bySession = [{ staffSession: [] }];
/** A staff member, or a program of the organizer. */
export const byStaff = [{ staffSession: [] }, { apiKey: [] }];
/** Everyone who works at a door, including devices. */
export const byDoor = [{ staffSession: [] }, { apiKey: [] }, { deviceToken: [] }];
/** A buyer who has confirmed an email or a phone. */
export const byBuyer = [{ buyerToken: [] }];
/** Anybody; a confirmed buyer proves it with the token. */
export const byBuyerOrAnybody: Record<string, string[]>[] = [{}, { buyerToken: [] }];
/** The buyer of an order, by its link or by the cookie that the link was exchanged for. */
export const byOrder = [{ orderToken: [] }, { orderCookie: [] }];
export const byOrderToken = [{ orderToken: [] }];
/** A person who waits for places, by the link in the mail. */
export const byWaiting = [{ waitingToken: [] }];
/** The person whom a ticket was given to, by the link in the mail. */
export const byTicket = [{ ticketToken: [] }];
/** The operator's own mail server. */
export const byMailServer = [{ mailServerToken: [] }];
/** Anybody; no credential is needed or read. */
export const byAnybody: Record<string, string[]>[] = [];

const bearer = (description: string) => ({ type: 'http', scheme: 'bearer', description }) as const;

/** The kinds of credential, for the published contract. All but the cookie are sent as `Authorization: Bearer`. */
export const securitySchemes = {
  staffSession: bearer('`accessToken` of `POST /v1/sessions`. Ends with the session, or after its time.'),
  apiKey: bearer(
    'A program of an organiser, made at `POST /v1/organizers/{slug}/api-keys`. Shown once. It needs one of the scopes that an operation names.',
  ),
  deviceToken: bearer('A scanner of one event, made at `POST /v1/organizers/{slug}/devices`. Shown once.'),
  buyerToken: bearer('`buyerToken` of `POST /v1/buyers/confirmations`. Good for a day.'),
  orderToken: bearer('`accessToken` of an order, from placing it or from the link in the mail.'),
  waitingToken: bearer('The link to a place in a waiting list, from the mail.'),
  ticketToken: bearer('The link to a ticket that was given to somebody, from the mail.'),
  mailServerToken: bearer('`MAIL_CALLBACK_TOKEN` of the service.'),
  orderCookie: {
    type: 'apiKey',
    in: 'cookie',
    // Over plain HTTP, on a developer's machine, the cookie has no prefix.
    name: '__Secure-antre_order',
    description: 'Set by `POST /v1/orders/{id}/session`. Changes also require the same origin.',
  },
} as const;
