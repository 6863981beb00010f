import { z } from 'zod';
import { faultSchema, strikes } from '../fault.ts';
import type { Random } from '../random.ts';
import { createRuleBook, type RuleBook } from '../rule-book.ts';

/** Scripted faults of the beacon, for one round or for all. */
export const beaconRuleSchema = faultSchema.extend({
  match: z.strictObject({ round: z.int().min(1) }).optional(),
  /** The round comes this many seconds too late. */
  lateSeconds: z.number().min(0).max(86_400).optional(),
  /** The answer has the right form, but the chain did not sign it. */
  forge: z.enum(['bad_signature', 'other_key', 'other_round', 'outside_subgroup']).optional(),
  /** The answer is the valid one of the previous round. */
  stale: z.boolean().optional(),
});

export type BeaconRule = z.output<typeof beaconRuleSchema>;

export function createBeaconRules(): RuleBook<BeaconRule> {
  return createRuleBook((rule) => JSON.stringify(rule.match ?? {}));
}

/** The rule that applies now: the one for this round, otherwise the one for all. */
export function beaconRuleFor(rules: RuleBook<BeaconRule>, random: Random, round: number): BeaconRule | undefined {
  const rule =
    rules.all().findLast(({ match }) => match?.round === round) ??
    rules.all().findLast(({ match }) => match === undefined);
  return rule !== undefined && strikes(rule, random) ? rule : undefined;
}
