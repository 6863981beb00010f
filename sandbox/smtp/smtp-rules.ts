import { z } from 'zod';
import { strikes } from '../fault.ts';
import type { Random } from '../random.ts';
import { createRuleBook, matchesPattern, type RuleBook } from '../rule-book.ts';

/** Scripted faults of mail to some recipients, or from some sender. */
export const smtpRuleSchema = z.strictObject({
  match: z
    .strictObject({ recipient: z.string().min(1).max(320).optional(), sender: z.string().min(1).max(320).optional() })
    .optional(),
  stage: z.enum(['mail', 'rcpt', 'data']),
  /**
   * A reply code; `hang` never answers, `drop` cuts the connection, `drop_after` keeps the mail and then cuts it. Without
   * it the server goes on as usual, after the delay.
   */
  answer: z.union([z.int().min(400).max(599), z.enum(['hang', 'drop', 'drop_after'])]).optional(),
  message: z.string().max(200).optional(),
  delayMs: z.number().min(0).max(600_000).optional(),
  times: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
});

export type SmtpRule = z.output<typeof smtpRuleSchema>;

export function createSmtpRules(): RuleBook<SmtpRule> {
  return createRuleBook((rule) => JSON.stringify([rule.stage, rule.match ?? {}]));
}

/** The newest rule of this stage that matches and applies now. At MAIL no recipient is known yet. */
export function smtpRuleFor(
  rules: RuleBook<SmtpRule>,
  random: Random,
  at: Readonly<{ stage: SmtpRule['stage']; sender: string; recipients: readonly string[] }>,
): SmtpRule | undefined {
  return rules.all().findLast((rule) => {
    if (rule.stage !== at.stage) return false;
    const { recipient, sender } = rule.match ?? {};
    if (sender !== undefined && !matchesPattern(sender, at.sender)) return false;
    if (recipient !== undefined && !at.recipients.some((address) => matchesPattern(recipient, address))) return false;
    return strikes(rule, random);
  });
}
