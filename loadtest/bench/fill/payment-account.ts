import { sql } from 'drizzle-orm';
import { demoMidtransAccount } from '../../../sandbox/demo-accounts.ts';
import { accountContext } from '../../../src/payments/accounts/payment-accounts.ts';
import { encrypt } from '../../../src/platform/crypto.ts';
import type { Db } from '../../../src/platform/database/db.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { benchEncryptionKey } from '../harness/api-environment.ts';

/** Gives the event's organizer the demo account at the gateway, encrypted with the key of the benches' services. */
export async function insertPaymentAccount(db: Db, { organizer }: TestEvent): Promise<void> {
  const { serverKey, clientKey, merchantId } = demoMidtransAccount;
  const credentials = encrypt(
    benchEncryptionKey,
    JSON.stringify({ serverKey, clientKey }),
    accountContext('midtrans', organizer.id),
  );
  await db.execute(sql`
    insert into payment_accounts (organizer_id, gateway, merchant_id, credentials)
    values (${organizer.id}, 'midtrans', ${merchantId}, ${credentials})`);
}
