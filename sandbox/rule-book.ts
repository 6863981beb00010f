import { LRUCache } from 'lru-cache';

/** Rules with wildcards, newest last. Used by every scripted part of the sandbox. */
export type RuleBook<Rule> = Readonly<{
  add: (rule: Rule) => void;
  all: () => readonly Rule[];
  clear: () => void;
}>;

export const rulesMax = 10_000;

/** A rule replaces an earlier one with the same `keyOf`. Beyond `rulesMax` the oldest rule is dropped. */
export function createRuleBook<Rule>(keyOf: (rule: Rule) => string): RuleBook<Rule> {
  const rules = new Map<string, Rule>();
  let list: readonly Rule[] | undefined;
  return {
    add: (rule) => {
      const key = keyOf(rule);
      rules.delete(key);
      rules.set(key, rule);
      const oldest = rules.keys().next();
      if (rules.size > rulesMax && oldest.done !== true) rules.delete(oldest.value);
      list = undefined;
    },
    all: () => (list ??= [...rules.values()]),
    clear: () => {
      rules.clear();
      list = undefined;
    },
  };
}

const patterns = new LRUCache<string, RegExp>({ max: rulesMax });

/** Whole-string match without regard to case, where `*` stands for any characters. */
export function matchesPattern(pattern: string, value: string | undefined): boolean {
  if (value === undefined) return false;
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    const source = pattern.split('*').map(escapeExpression).join('.*');
    compiled = new RegExp(`^${source}$`, 'is');
    patterns.set(pattern, compiled);
  }
  return compiled.test(value);
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
