import { sql } from 'drizzle-orm';
import { type MidtransAccount, demoMidtransAccount } from '../../sandbox/demo-accounts.ts';
import { accountContext } from '../../src/payments/accounts/payment-accounts.ts';
import { encrypt } from '../../src/platform/crypto.ts';
import type { Db } from '../../src/platform/database/db.ts';
import type { TestEvent } from '../factories.ts';

/** Gives the organiser of an event an account at the sandbox's gateway, if it has none, so that its orders can be paid. */
export async function connectSandboxAccount(
  db: Db,
  encryptionKey: string,
  { organizer }: TestEvent,
  { merchantId, serverKey }: Pick<MidtransAccount, 'merchantId' | 'serverKey'> = demoMidtransAccount,
): Promise<void> {
  const credentials = encrypt(
    encryptionKey,
    JSON.stringify({ serverKey, clientKey: 'client' }),
    accountContext('midtrans', organizer.id),
  );
  await db.execute(sql`
    insert into payment_accounts (organizer_id, gateway, merchant_id, credentials)
    values (${organizer.id}, 'midtrans', ${merchantId}, ${credentials}) on conflict do nothing`);
}
