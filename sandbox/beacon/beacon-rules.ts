import { z } from 'zod';
import { faultSchema, strikes } from '../fault.ts';
import type { Random } from '../random.ts';
import { createRuleBook, type RuleBook } from '../rule-book.ts';

/** How the beacon goes wrong: for one round, or for all of them. */
export const beaconRuleSchema = faultSchema.extend({
  match: z.strictObject({ round: z.int().min(1) }).optional(),
  /** The round comes this much after its time. */
  lateSeconds: z.number().min(0).max(86_400).optional(),
  /** The answer looks right and is not what the chain signed. */
  forge: z.enum(['bad_signature', 'other_key', 'other_round', 'outside_subgroup']).optional(),
  /** The answer is a true one of the round before. */
  stale: z.boolean().optional(),
});

export type BeaconRule = z.output<typeof beaconRuleSchema>;

export function createBeaconRules(): RuleBook<BeaconRule> {
  return createRuleBook((rule) => JSON.stringify(rule.match ?? {}));
}

/** The rule for this round, else the one for all, when it strikes now. */
export function beaconRuleFor(rules: RuleBook<BeaconRule>, random: Random, round: number): BeaconRule | undefined {
  const rule =
    rules.all().findLast(({ match }) => match?.round === round) ??
    rules.all().findLast(({ match }) => match === undefined);
  return rule !== undefined && strikes(rule, random) ? rule : undefined;
}
