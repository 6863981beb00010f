import type { z } from 'zod';
import type { Currency } from '../../platform/text/money.ts';
import type { GatewayFact, PaymentGateway } from './gateway.ts';

/**
 * All that the service knows of one payment gateway. To add one, write a folder here that exports a `GatewayPlugin`, name
 * it in `registry.ts`, and give the demo organiser an account in `drizzle/seed`. Operators read about its variables in
 * `deploy/env.example`. No other file names a gateway; `test/payments/gateways/gateway-plugin.test.ts` holds this.
 */
export type GatewayPlugin = {
  /** Used in rows, addresses and metrics: lower-case letters, digits and underscores. */
  readonly name: string;
  /** For people, and in the operation ids of the contract: `set<title>Account`. */
  readonly title: string;

  /** The amounts that it takes. A currency that is not listed is not taken. */
  readonly takes: readonly AmountLimit[];
  /** Every payment method, in the order in which the contract lists them. */
  readonly methods: readonly string[];
  /** The highest amount that any of the methods takes within so many minutes, in minor units. */
  methodMax(minutes: number): number;
  /**
   * The methods that take this amount within so many minutes. A chosen method that does not fit gives none; `any` is no
   * choice.
   */
  methodsFor(order: { readonly minutes: number; readonly amount: number }, wish: string): readonly string[];
  /** The part that it refunds by API for a payment made with this method. */
  refundability(method: string): Refundability;
  /** The shortest and the longest life of a payment page. */
  readonly expiryMinutes: { readonly min: number; readonly max: number };

  /** Where it posts callbacks: a route of Hono with the parameter `:organizerSlug`. */
  readonly callbackPath: string;
  /** Verifies a callback and says what it claims. Pure: no network, no clock. */
  readCallback(request: CallbackRequest, keys: readonly string[]): CallbackReading;

  readonly account: AccountDefinition;

  /** Its environment variables. Those that end in `_URL` must be https in production. */
  readonly variables: Readonly<Record<string, z.ZodType>>;
  /** The rate budget: payments that it makes for one organiser in a second. */
  createsPerSecond(config: GatewayConfig): number;
  /** The gateway behind its network calls. `config` has the plug-in's own variables, too. */
  open(config: GatewayConfig): PaymentGateway;
};

/** The configuration that every gateway may read, besides its own variables. */
export type GatewayConfig = {
  /** Where the gateway reaches us. */
  readonly PUBLIC_URL: string;
  readonly GATEWAY_TIMEOUT_MS: number;
};

/** In minor units of the currency. Every amount is a multiple of `step`: 100 where the gateway takes no cents. */
export type AmountLimit = {
  readonly currency: Currency;
  readonly min: number;
  readonly max: number;
  readonly step: number;
};

export type Refundability = 'full' | 'partial' | 'none';

/**
 * An organiser's account: the form that its owner sends, the encrypted content that is stored, and the keys that verify
 * callbacks.
 */
export type AccountDefinition<Form extends AccountForm = AccountForm, Credentials = unknown> = {
  /** The body of the operation that sets the account. */
  readonly form: z.ZodType<Form>;
  /** A body for the published contract. */
  readonly example: unknown;
  readonly credentials: z.ZodType<Credentials>;
  /** The stored content for a form. `previous` is what was stored for this merchant before. */
  toCredentials(form: Form, previous: Credentials | undefined, now: number): Credentials;
  /** The keys that callbacks may be signed with now, the present one first. */
  acceptedKeys(credentials: Credentials, now: number): readonly string[];
};

export type AccountForm = { readonly merchantId: string; readonly buyerPaysFee: boolean };

/**
 * A callback as received. A stored callback is read again without its headers. A gateway that signs in a header then
 * refuses it, and the service asks the gateway itself.
 */
export type CallbackRequest = {
  readonly rawBody: Buffer;
  header(name: string): string | undefined;
};

export type CallbackReading =
  | { readonly kind: 'refused'; readonly reason: 'malformed' | 'signature' }
  /** Correctly signed, but not about us: a test from the gateway's dashboard, or another shop on the same account. */
  | { readonly kind: 'not_ours'; readonly isTest: boolean }
  /**
   * Correctly signed and about one of our attempts, but otherwise not understood. Only a look at the gateway can tell.
   */
  | { readonly kind: 'unread'; readonly attemptId: string; readonly dedupKey: Buffer }
  | { readonly kind: 'fact'; readonly fact: GatewayFact; readonly dedupKey: Buffer };

/** Whether a gateway takes this amount of this currency. */
export function takesMoney(
  { takes }: Pick<GatewayPlugin, 'takes'>,
  { amount, currency }: { readonly amount: number; readonly currency: string },
): boolean {
  return takes.some(
    (limit) => limit.currency === currency && amount >= limit.min && amount <= limit.max && amount % limit.step === 0,
  );
}
