/** What this room needs of higher rooms. `src/compose.ts` passes the functions in. */

/**
 * Counts sent codes over all buyers, and wrong codes per network. `budget` names the account that a message is charged
 * to.
 */
export type VerificationLimiter = {
  /**
   * Counts a code that is about to be sent. Returns undefined if there is budget, otherwise the seconds until there is.
   */
  spend(budget: string): Promise<number | undefined>;
  /** Seconds in which this network may try no code; undefined if it may now. */
  failedTooOften(keys: NetworkKeys): number | undefined;
  failed(keys: NetworkKeys): Promise<void>;
};

/** The event with this slug, if it has a waiting room. */
export type FindEvent = (
  slug: string,
) => Promise<{ readonly id: string; readonly organizerId: string; readonly country: string } | undefined>;

/** Whether the service can send WhatsApp messages for this organizer now. */
export type CanMessagePhones = (organizerId: string) => Promise<boolean>;

/** What things of this organizer are called now, by their ids. What is gone has no name. */
export type FindNames = (organizerId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Keyed hashes of a network, and of the IPv6 /48 around it. */
export type NetworkKeys = { readonly network: string; readonly wider: string | undefined };
