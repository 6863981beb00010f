import type { Clock } from '../../platform/clock.ts';
import { decrypt } from '../../platform/crypto.ts';
import type { Db } from '../../platform/database/db.ts';
import type { Invalidations } from '../../platform/invalidation/invalidations.ts';
import { createRowCache } from '../../platform/invalidation/row-cache.ts';
import { findAccount } from './queries.ts';
import type { GatewayAccount } from '../gateways/gateway.ts';
import { gatewayOf } from '../gateways/all-gateways.ts';
import { accountCacheMax, accountCacheSeconds } from '../limits.ts';

/** Organisers' gateway accounts with decrypted secrets, cached in this process for at most a minute, or until somebody changes them. */
export type PaymentAccounts = {
  bySlug(gateway: string, slug: string): Promise<GatewayAccount | undefined>;
  of(row: { readonly gateway: string; readonly organizerId: string }): Promise<GatewayAccount | undefined>;
};

/**
 * The context that an account's secrets are encrypted for. A value copied to another organiser's row cannot be decrypted
 * there.
 */
export function accountContext(gateway: string, organizerId: string): string {
  return `payment_account:${organizerId}:${gateway}`;
}

type Row = { readonly gateway: string; readonly organizerId: string; readonly credentials: string };

/** An account's credentials in the shape of its gateway. */
export function readCredentials(encryptionKey: string, { gateway, organizerId, credentials }: Row): unknown {
  const text = decrypt(encryptionKey, credentials, accountContext(gateway, organizerId));
  return gatewayOf({ gateway }).account.credentials.parse(JSON.parse(text));
}

type By = Parameters<typeof findAccount>[2];

export function createPaymentAccounts(deps: {
  db: Db;
  clock: Clock;
  encryptionKey: string;
  invalidations: Invalidations;
}): PaymentAccounts {
  const accounts = createRowCache<GatewayAccount | undefined>({
    invalidations: deps.invalidations,
    kind: 'payment_account',
    max: accountCacheMax,
    keptMs: accountCacheSeconds * 1000,
    idOf: (_, account) => account?.organizerId,
    now: () => deps.clock.now().getTime(),
  });

  const read = async (gateway: string, by: By): Promise<GatewayAccount | undefined> => {
    const row = await findAccount(deps.db, gateway, by);
    if (row === undefined) return undefined;
    const credentials = readCredentials(deps.encryptionKey, { gateway, ...row });
    return {
      gateway,
      organizerId: row.organizerId,
      organizerSlug: row.organizerSlug,
      merchantId: row.merchantId,
      buyerPaysFee: row.buyerPaysFee,
      credentials,
      acceptedKeys: gatewayOf({ gateway }).account.acceptedKeys(credentials, deps.clock.now().getTime()),
    };
  };

  return {
    bySlug: (gateway, slug) => accounts.get(`${gateway}:slug:${slug}`, () => read(gateway, { slug })),
    of: ({ gateway, organizerId }) =>
      accounts.get(`${gateway}:id:${organizerId}`, () => read(gateway, { organizerId })),
  };
}
