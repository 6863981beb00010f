/** What asking for codes needs of other rooms; built by whoever composes the service. */

/** Counts codes over everybody, and wrong ones; `budget` names whose money a message costs. */
export type VerificationLimiter = {
  /** Counts a code that is to be sent; seconds until there is budget again, or undefined when there is now. */
  spend(budget: string): Promise<number | undefined>;
  /** Seconds for which this network may try no code; undefined when it may. */
  failedTooOften(keys: NetworkKeys): number | undefined;
  failed(keys: NetworkKeys): Promise<void>;
};

/** The event, by its address, whose waiting room a code is asked for; undefined where there is no such room. */
export type FindEvent = (
  slug: string,
) => Promise<{ readonly id: string; readonly organizerId: string; readonly country: string } | undefined>;

/** Whether a number may write to phones for this organizer now. */
export type CanMessagePhones = (organizerId: string) => Promise<boolean>;

/** Keyed hashes of a network, and of the IPv6 /48 around it. */
export type NetworkKeys = { readonly network: string; readonly wider: string | undefined };
