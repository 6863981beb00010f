import type { Context } from 'hono';
import type { MidtransAccount } from '../demo-accounts.ts';

/** The merchant accounts and who is calling. */
export type MidtransAccounts = Readonly<{
  set: (account: MidtransAccount) => void;
  get: (merchantId: string) => MidtransAccount | undefined;
  all: () => readonly MidtransAccount[];
  /** The account with this server key in the Basic credentials, with an empty password. */
  calling: (context: Context) => MidtransAccount | undefined;
}>;

export function createMidtransAccounts(initial: readonly MidtransAccount[]): MidtransAccounts {
  const byMerchant = new Map<string, MidtransAccount>();
  const byHeader = new Map<string, MidtransAccount>();
  const set = (account: MidtransAccount): void => {
    const before = byMerchant.get(account.merchantId);
    if (before !== undefined) byHeader.delete(basicHeader(before.serverKey));
    byMerchant.set(account.merchantId, account);
    byHeader.set(basicHeader(account.serverKey), account);
  };
  for (const account of initial) set(account);
  return {
    set,
    get: (merchantId) => byMerchant.get(merchantId),
    all: () => [...byMerchant.values()],
    calling: (context) => byHeader.get(context.req.header('authorization') ?? ''),
  };
}

/** The Authorization header of a server key. */
export function basicHeader(serverKey: string): string {
  return `Basic ${Buffer.from(`${serverKey}:`, 'utf8').toString('base64')}`;
}
