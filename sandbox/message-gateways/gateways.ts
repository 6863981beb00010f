import { z } from 'zod';
import { type GatewayName, type GatewayParty, gatewayNames } from './gateway-party.ts';
import { strikes } from '../fault.ts';
import type { Lane } from '../lane.ts';
import type { PostBytes } from '../post-bytes.ts';
import type { Tools } from '../tools.ts';
import { type RuleBook, createRuleBook, matchesPattern } from '../rule-book.ts';

/** The shared part of WAHA, Fonnte and Wablas. Each has its own wire format in a file of its own. */
const gatewayStatuses = ['sent', 'delivered', 'read', 'failed'] as const;
export type GatewayStatus = (typeof gatewayStatuses)[number];

/** Scripted faults of messages. */
export const gatewayRuleSchema = z.strictObject({
  match: z
    .strictObject({
      gateway: z.enum(gatewayNames).optional(),
      account: z.string().max(100).optional(),
      to: z.string().max(40).optional(),
    })
    .optional(),
  /** The HTTP status of the answer. The message is not accepted, except with 500 and above and `isTaken`. */
  status: z.int().min(400).max(599).optional(),
  isTaken: z.boolean().optional(),
  /** The words of a refusal, as Fonnte and Wablas write them. */
  reason: z.string().max(200).optional(),
  answer: z.enum(['hang', 'hang_after', 'reset', 'reset_after']).optional(),
  /** The statuses that are reported, in this order; default sent, delivered, read. */
  statuses: z.array(z.enum(gatewayStatuses)).max(10).optional(),
  /** Statuses are reported before the answer to the sending. */
  areEarly: z.boolean().optional(),
  times: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
});
export type GatewayRule = z.output<typeof gatewayRuleSchema>;

export type GatewayMessage = Readonly<{
  /** The gateway's id of it. */
  id: string;
  gateway: GatewayName;
  account: string;
  to: string;
  text: string;
  at: string;
  statuses: GatewayStatus[];
}>;

export type Gateways = Tools &
  Readonly<{
    lane: Lane;
    post: PostBytes;
    /** By gateway and account. */
    parties: Map<string, GatewayParty>;
    rules: RuleBook<GatewayRule>;
    messages: GatewayMessage[];
  }>;

const messagesMax = 50_000;

export const partyKey = (gateway: GatewayName, account: string): string => `${gateway} ${account}`;

export function createGatewayRules(): RuleBook<GatewayRule> {
  return createRuleBook((rule) => JSON.stringify(rule.match ?? {}));
}

/** The newest rule that matches and still applies. */
export function ruleFor(
  { rules, random }: Gateways,
  message: Readonly<{ gateway: GatewayName; account: string; to: string }>,
): GatewayRule | undefined {
  const rule = rules
    .all()
    .findLast(
      ({ match = {} }) =>
        (match.gateway === undefined || match.gateway === message.gateway) &&
        (match.account === undefined || matchesPattern(match.account, message.account)) &&
        (match.to === undefined || matchesPattern(match.to, message.to)),
    );
  return rule !== undefined && strikes(rule, random) ? rule : undefined;
}

/** Accepts a message. */
export function accept(gateways: Gateways, message: Omit<GatewayMessage, 'at' | 'statuses'>): GatewayMessage {
  const taken: GatewayMessage = { ...message, at: new Date(gateways.now()).toISOString(), statuses: [] };
  gateways.messages.push(taken);
  if (gateways.messages.length > messagesMax) gateways.messages.shift();
  const { id, gateway, account, to } = taken;
  gateways.journal.append({ kind: 'gateway.accepted', messageId: id, gateway, gatewayAccount: account, to });
  return taken;
}
