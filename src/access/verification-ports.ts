/** What asking for codes needs of other rooms; built by whoever composes the service. */

/** Counts codes asked for and wrong ones; keys are keyed hashes, `budget` names whose money a message costs. */
export type VerificationLimiter = {
  /** `limited` tells of this network's own doing alone; `target_spent` of what everybody asked for this target. */
  ask(
    targetKey: string,
    targetHereKey: string,
    budget: string,
  ): Promise<{
    readonly verdict: 'allowed' | 'limited' | 'target_spent' | 'budget_spent';
    readonly retryAfterSeconds: number;
  }>;
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
