import { z } from 'zod';
import { createRuleBook, matchesPattern, type RuleBook } from '../rule-book.ts';

/** Scripted faults of messages to some recipients, or of some template. */
export const whatsappRuleSchema = z.strictObject({
  match: z
    .strictObject({ to: z.string().min(1).max(40).optional(), template: z.string().min(1).max(512).optional() })
    .optional(),
  /** A Graph error code, or 500-599 for that HTTP status. */
  error: z.int().min(1).optional(),
  answer: z.enum(['hang', 'hang_after', 'reset', 'reset_after']).optional(),
  /** Accepted, then reported as failed with this code. */
  failStatus: z.int().min(1).optional(),
  /** The statuses that are reported, in this order; default sent, delivered, read. */
  statuses: z
    .array(z.enum(['sent', 'delivered', 'read']))
    .max(10)
    .optional(),
  delayMs: z.number().min(0).max(600_000).optional(),
  times: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
});

export type WhatsappRule = z.output<typeof whatsappRuleSchema>;

export function createWhatsappRules(): RuleBook<WhatsappRule> {
  return createRuleBook((rule) => JSON.stringify(rule.match ?? {}));
}

/** The newest rule that matches, exact or by wildcard; a rule without match is the default. */
export function whatsappRuleFor(
  rules: RuleBook<WhatsappRule>,
  message: Readonly<{ to: string; template: string }>,
): WhatsappRule | undefined {
  const matching = (rule: WhatsappRule): boolean =>
    (rule.match?.to === undefined || matchesPattern(rule.match.to, message.to)) &&
    (rule.match?.template === undefined || matchesPattern(rule.match.template, message.template));
  const specific = rules.all().findLast((rule) => rule.match !== undefined && matching(rule));
  return specific ?? rules.all().findLast((rule) => rule.match === undefined);
}
