import { z } from 'zod';
import { faultSchema } from '../fault.ts';
import { createRuleBook, matchesPattern } from '../rule-book.ts';
import { paymentTypes } from './snap/payment-types.ts';

/** The script of matching orders. Without a section, that part behaves well. */
export const scenarioSchema = z.strictObject({
  match: z
    .strictObject({
      orderId: z.string().min(1).max(100).optional(),
      customerEmail: z.string().min(1).max(300).optional(),
      customerName: z.string().min(1).max(300).optional(),
    })
    .optional(),
  snap: faultSchema.optional(),
  status: faultSchema.optional(),
  close: faultSchema.optional(),
  refund: faultSchema.optional(),
  callback: z
    .strictObject({
      delayMs: z.number().min(0).max(86_400_000).optional(),
      jitterMs: z.number().min(0).max(86_400_000).optional(),
      duplicates: z.int().min(0).max(100).optional(),
      reorder: z.boolean().optional(),
      drop: z.union([z.boolean(), z.number().min(0).max(1)]).optional(),
      forge: z.enum(['bad_signature', 'changed_status']).optional(),
      pending: z.boolean().optional(),
    })
    .optional(),
  autoPay: z
    .strictObject({
      afterMs: z.number().min(0).max(86_400_000).optional(),
      jitterMs: z.number().min(0).max(86_400_000).optional(),
      method: z.enum(paymentTypes).optional(),
      probability: z.number().min(0).max(1).optional(),
      outcome: z.enum(['pay', 'deny', 'challenge', 'pending']).optional(),
    })
    .optional(),
});

export type Scenario = z.output<typeof scenarioSchema>;
export type CallbackScript = NonNullable<Scenario['callback']>;
type ScenarioSubject = Readonly<{ orderId: string; customer: Readonly<{ name?: string; email?: string }> }>;
type Section = Exclude<keyof Scenario, 'match'>;

export type Scenarios = Readonly<{
  add: (scenario: Scenario) => void;
  all: () => readonly Scenario[];
  clear: () => void;
  /** The section that applies to this order: of the most specific scenario that has it, the newest of equals. */
  sectionFor: <Name extends Section>(name: Name, subject: ScenarioSubject) => Scenario[Name];
}>;

export function createScenarios(): Scenarios {
  const exact = createRuleBook<Scenario>(keyOf);
  const exactByOrder = new Map<string, Scenario>();
  const patterns = createRuleBook<Scenario>(keyOf);
  let ranked: readonly Scenario[] = [];

  return {
    add: (scenario) => {
      if (isExact(scenario)) {
        exact.add(scenario);
        exactByOrder.clear();
        for (const rule of exact.all()) exactByOrder.set(rule.match?.orderId ?? '', rule);
        return;
      }
      patterns.add(scenario);
      ranked = patterns
        .all()
        .toReversed()
        .toSorted((first, second) => rank(first) - rank(second));
    },
    all: () => [...exact.all(), ...patterns.all()],
    clear: () => {
      exact.clear();
      exactByOrder.clear();
      patterns.clear();
      ranked = [];
    },
    sectionFor: (name, subject) =>
      exactByOrder.get(subject.orderId)?.[name] ??
      ranked.find((scenario) => scenario[name] !== undefined && matches(scenario, subject))?.[name],
  };
}

function keyOf(scenario: Scenario): string {
  return JSON.stringify(scenario.match ?? {});
}

/** Whether it names exactly one order. Such scenarios are found by lookup, so thousands of them cost nothing. */
function isExact({ match }: Scenario): boolean {
  const { orderId, customerEmail, customerName } = match ?? {};
  return orderId !== undefined && !orderId.includes('*') && customerEmail === undefined && customerName === undefined;
}

function rank({ match }: Scenario): number {
  if (match?.orderId !== undefined) return 0;
  if (match?.customerEmail !== undefined) return 1;
  return match?.customerName === undefined ? 3 : 2;
}

function matches({ match }: Scenario, subject: ScenarioSubject): boolean {
  const { orderId, customerEmail, customerName } = match ?? {};
  return (
    (orderId === undefined || matchesPattern(orderId, subject.orderId)) &&
    (customerEmail === undefined || matchesPattern(customerEmail, subject.customer.email)) &&
    (customerName === undefined || matchesPattern(customerName, subject.customer.name))
  );
}
