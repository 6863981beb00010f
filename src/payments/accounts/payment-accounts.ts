import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { decrypt } from '../../platform/crypto.ts';
import type { Db } from '../../platform/database/db.ts';
import { findAccount } from './queries.ts';
import type { GatewayAccount } from '../gateways/gateway.ts';
import { accountCacheMax, accountCacheSeconds } from '../limits.ts';

/** Organisers' gateway accounts with their secrets in clear, kept in this process for at most a minute. */
export type PaymentAccounts = {
  bySlug(slug: string): Promise<GatewayAccount | undefined>;
  byOrganizer(organizerId: string): Promise<GatewayAccount | undefined>;
};

export const credentialsSchema = z.object({
  serverKey: z.string().min(1),
  clientKey: z.string(),
  previousServerKey: z.string().min(1).optional(),
  /** Milliseconds since 1970: until when callbacks may still be signed with it. */
  previousServerKeyUntil: z.number().optional(),
});
export type Credentials = z.output<typeof credentialsSchema>;

/** What an account's secrets are bound to: a value copied to another organiser's row does not open there. */
export function accountContext(organizerId: string): string {
  return `payment_account:${organizerId}:midtrans`;
}

export function readCredentials(encryptionKey: string, organizerId: string, encrypted: string): Credentials {
  return credentialsSchema.parse(JSON.parse(decrypt(encryptionKey, encrypted, accountContext(organizerId))));
}

export function createPaymentAccounts(deps: { db: Db; clock: Clock; encryptionKey: string }): PaymentAccounts {
  type Entry = { readonly until: number; readonly account: Promise<GatewayAccount | undefined> };
  const entries = new Map<string, Entry>();

  const load = async (by: Parameters<typeof findAccount>[1]): Promise<GatewayAccount | undefined> => {
    const row = await findAccount(deps.db, by);
    if (row === undefined) return undefined;
    const credentials = readCredentials(deps.encryptionKey, row.organizerId, row.credentials);
    const { serverKey, previousServerKey, previousServerKeyUntil = 0 } = credentials;
    const hasPrevious = previousServerKey !== undefined && deps.clock.now().getTime() < previousServerKeyUntil;
    return {
      organizerId: row.organizerId,
      organizerSlug: row.organizerSlug,
      merchantId: row.merchantId,
      buyerPaysFee: row.buyerPaysFee,
      serverKey,
      acceptedKeys: hasPrevious ? [serverKey, previousServerKey] : [serverKey],
    };
  };

  /** Callers at the same time share one look-up; a failed one is not remembered. */
  const get = (key: string, by: Parameters<typeof findAccount>[1]): Promise<GatewayAccount | undefined> => {
    const now = deps.clock.now().getTime();
    const known = entries.get(key);
    if (known !== undefined && known.until > now) return known.account;
    entries.delete(key);
    const oldest = entries.keys().next();
    if (entries.size >= accountCacheMax && oldest.done !== true) entries.delete(oldest.value);
    const account = load(by);
    const entry = { until: now + accountCacheSeconds * 1000, account };
    entries.set(key, entry);
    account.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return account;
  };

  return {
    bySlug: (slug) => get(`slug:${slug}`, { slug }),
    byOrganizer: (organizerId) => get(`id:${organizerId}`, { organizerId }),
  };
}
