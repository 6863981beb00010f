import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.ts';
import { decrypt } from '../../platform/crypto.ts';
import type { Db } from '../../platform/database/db.ts';
import { findAccount } from './queries.ts';
import type { GatewayAccount } from '../gateways/gateway.ts';
import { gatewayOf } from '../gateways/gateway-of.ts';
import { accountCacheMax, accountCacheSeconds } from '../limits.ts';

/** Organisers' gateway accounts with decrypted secrets, cached in this process for at most a minute. */
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

export function createPaymentAccounts(deps: { db: Db; clock: Clock; encryptionKey: string }): PaymentAccounts {
  type Entry = { readonly until: number; readonly account: Promise<GatewayAccount | undefined> };
  const entries = new LRUCache<string, Entry>({ max: accountCacheMax });

  const load = async (gateway: string, by: By): Promise<GatewayAccount | undefined> => {
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

  /** Concurrent callers share one lookup. A failed one is not cached. */
  const get = (key: string, gateway: string, by: By): Promise<GatewayAccount | undefined> => {
    const now = deps.clock.now().getTime();
    const known = entries.get(key);
    if (known !== undefined && known.until > now) return known.account;
    const account = load(gateway, by);
    const entry = { until: now + accountCacheSeconds * 1000, account };
    entries.set(key, entry);
    account.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return account;
  };

  return {
    bySlug: (gateway, slug) => get(`${gateway}:slug:${slug}`, gateway, { slug }),
    of: ({ gateway, organizerId }) => get(`${gateway}:id:${organizerId}`, gateway, { organizerId }),
  };
}
