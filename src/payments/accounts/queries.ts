import { and, eq, sql } from 'drizzle-orm';
import { organizers } from '../../access/tables.ts';
import { invariant } from '../../platform/assert.ts';
import type { Db } from '../../platform/database/db.ts';
import { paymentAccounts, paymentAttempts } from '../tables.ts';

export type AccountRow = {
  readonly organizerId: string;
  readonly organizerSlug: string;
  readonly merchantId: string;
  readonly buyerPaysFee: boolean;
  readonly credentials: string;
  readonly updatedAt: Date;
};

const columns = {
  organizerId: organizers.id,
  organizerSlug: organizers.slug,
  merchantId: paymentAccounts.merchantId,
  buyerPaysFee: paymentAccounts.buyerPaysFee,
  credentials: paymentAccounts.credentials,
  updatedAt: paymentAccounts.updatedAt,
};

export async function findAccount(
  db: Db,
  gateway: string,
  by: { slug: string } | { organizerId: string },
): Promise<AccountRow | undefined> {
  const [row] = await db
    .select(columns)
    .from(organizers)
    .innerJoin(
      paymentAccounts,
      and(eq(paymentAccounts.organizerId, organizers.id), eq(paymentAccounts.gateway, gateway)),
    )
    .where('slug' in by ? eq(organizers.slug, by.slug) : eq(organizers.id, by.organizerId));
  return row;
}

/** The gateways at which an organiser has an account. */
export async function findGateways(db: Db, organizerId: string): Promise<{ readonly gateway: string }[]> {
  return db
    .select({ gateway: paymentAccounts.gateway })
    .from(paymentAccounts)
    .where(eq(paymentAccounts.organizerId, organizerId));
}

export async function lockAccount(
  tx: Db,
  { gateway, organizerId }: { gateway: string; organizerId: string },
): Promise<{ merchantId: string; credentials: string } | undefined> {
  const [row] = await tx
    .select({ merchantId: paymentAccounts.merchantId, credentials: paymentAccounts.credentials })
    .from(paymentAccounts)
    .where(and(eq(paymentAccounts.organizerId, organizerId), eq(paymentAccounts.gateway, gateway)))
    .for('update');
  return row;
}

export async function saveAccount(
  tx: Db,
  account: { organizerId: string; gateway: string; merchantId: string; buyerPaysFee: boolean; credentials: string },
): Promise<Date> {
  const [row] = await tx
    .insert(paymentAccounts)
    .values(account)
    .onConflictDoUpdate({
      target: [paymentAccounts.organizerId, paymentAccounts.gateway],
      set: {
        merchantId: account.merchantId,
        buyerPaysFee: account.buyerPaysFee,
        credentials: account.credentials,
        updatedAt: sql`now()`,
      },
    })
    .returning({ updatedAt: paymentAccounts.updatedAt });
  invariant(row !== undefined, 'an upsert gives its row');
  return row.updatedAt;
}

/** Whether buyers may still pay by the organiser's account at the gateway. Index: payment_attempts_open. */
export async function hasOpenPayments(
  tx: Db,
  { gateway, organizerId }: { gateway: string; organizerId: string },
): Promise<boolean> {
  const rows = await tx
    .select({ id: paymentAttempts.id })
    .from(paymentAttempts)
    .where(
      and(
        eq(paymentAttempts.organizerId, organizerId),
        eq(paymentAttempts.gateway, gateway),
        sql`${paymentAttempts.isOpen}`,
      ),
    )
    .limit(1);
  return rows.length > 0;
}
