import { createHmac } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { accountFields } from '../../../src/payments/gateways/account-fields.ts';
import type { GatewayAccount, GatewayFact, PaymentGateway } from '../../../src/payments/gateways/gateway.ts';
import type { AccountDefinition, GatewayConfig, GatewayPlugin } from '../../../src/payments/gateways/gateway-plugin.ts';
import { httpUrl, wholeNumber } from '../../../src/platform/variables.ts';

/**
 * A gateway that moves no money. It differs from Midtrans in every possible way: it signs in a header, for one of two
 * payment methods.
 */

const variables = {
  DRY_RUN_PAGE_URL: httpUrl.default('https://pay.dry-run.test'),
  DRY_RUN_CREATES_PER_SECOND: wholeNumber(20, 1, 100),
};
type DryRunConfig = GatewayConfig & z.output<z.ZodObject<typeof variables>>;

const form = z
  .strictObject({ ...accountFields, apiKey: z.string().min(8), hookKey: z.string().min(8) })
  .openapi('SetDryRunAccount');
const credentials = z.object({ apiKey: z.string(), hookKey: z.string() });
type Credentials = z.output<typeof credentials>;

const account: AccountDefinition<z.output<typeof form>, Credentials> = {
  form,
  example: { merchantId: 'dry-1', apiKey: 'api-key-example', hookKey: 'hook-key-example' },
  credentials,
  toCredentials: ({ apiKey, hookKey }) => ({ apiKey, hookKey }),
  acceptedKeys: ({ hookKey }) => [hookKey],
};

/** The gateway's own records: payments by attempt, and every call with its key. */
export const atGateway = {
  payments: new Map<string, GatewayFact>(),
  calls: [] as { readonly call: string; readonly apiKey: string; readonly method?: string }[],
};

export function signHook(body: string, hookKey: string): string {
  return createHmac('sha256', hookKey).update(body).digest('hex');
}

/** The buyer pays at the gateway's page. */
export function payAtGateway(attemptId: string): void {
  const waiting = atGateway.payments.get(attemptId);
  if (waiting === undefined) throw new Error('the gateway has no such payment');
  atGateway.payments.set(attemptId, { ...waiting, state: 'settled', signedClass: 'success', method: 'instant' });
}

function open(config: DryRunConfig): PaymentGateway {
  type Account = GatewayAccount<Credentials>;
  const note = (call: string, { credentials: { apiKey } }: Account, method?: string) =>
    atGateway.calls.push({ call, apiKey, ...(method === undefined ? {} : { method }) });
  return {
    create: async (at: Account, { attemptId, amount, currency, methods }) => {
      note('create', at, methods.join());
      atGateway.payments.set(attemptId, {
        attemptId,
        gatewayReference: `dry-${attemptId}`,
        merchantId: at.merchantId,
        amount,
        currency,
        statedAmount: String(amount),
        isExact: true,
        fee: undefined,
        state: 'pending',
        signedClass: 'waiting',
        method: undefined,
        instructions: {},
        refunds: [],
        refundedTotal: undefined,
      });
      return { kind: 'accepted', redirectUrl: `${config.DRY_RUN_PAGE_URL}/${attemptId}` };
    },
    fetch: async (at: Account, attemptId) => {
      note('fetch', at);
      const fact = atGateway.payments.get(attemptId);
      return fact === undefined ? { kind: 'not_started' } : { kind: 'fact', fact };
    },
    close: async (at: Account) => (note('close', at), { kind: 'closed' }),
    voidCapture: async (at: Account) => (note('void', at), { kind: 'accepted' }),
    refund: async (at: Account, { attemptId, key, amount }) => {
      note('refund', at);
      const fact = atGateway.payments.get(attemptId);
      if (fact === undefined) return { kind: 'conflict' };
      const refunds = [...fact.refunds, { key, amount, confirmed: true }];
      atGateway.payments.set(attemptId, { ...fact, state: 'refunded', refunds });
      return { kind: 'accepted' };
    },
  };
}

export const dryRun: GatewayPlugin = {
  name: 'dry_run',
  title: 'DryRun',
  takes: [{ currency: 'IDR', min: 1000, max: 50_000_000, step: 1000 }],
  methods: ['instant', 'slow'],
  methodMax: () => 50_000_000,
  methodsFor: ({ minutes }, wish) =>
    ['instant', ...(minutes < 60 ? [] : ['slow'])].filter((method) => wish === 'any' || wish === method),
  refundability: () => 'partial',
  expiryMinutes: { min: 1, max: 60 },
  callbackPath: '/v1/hooks/of/:organizerSlug/dry-run',
  readCallback: ({ rawBody, header }, keys) => {
    const text = rawBody.toString();
    if (!keys.some((key) => signHook(text, key) === header('x-dry-run-signature'))) {
      return { kind: 'refused', reason: 'signature' };
    }
    return {
      kind: 'unread',
      attemptId: String(JSON.parse(text).payment),
      dedupKey: Buffer.from(signHook(text, 'dedup')),
    };
  },
  account,
  variables,
  createsPerSecond: (config: DryRunConfig) => config.DRY_RUN_CREATES_PER_SECOND,
  open,
};
