import { and, eq, sql } from 'drizzle-orm';
import { invariant } from '../../platform/assert.ts';
import type { Db } from '../../platform/database/db.ts';
import { type Entries, sumOf } from './ledger.ts';
import { type Attempt, ledgerEntries, paymentAttempts } from '../tables.ts';
import { ledgerAccounts } from '../vocabulary.ts';

/**
 * Writes a posting under a name that is unique for the attempt. The same name twice is the caller's fault and fails.
 * @param currency of the money, if it is not the order's
 */
export async function post(
  tx: Db,
  attempt: Attempt,
  posting: string,
  entries: Entries,
  currency: string = attempt.currency,
): Promise<void> {
  invariant(sumOf(entries) === 0, 'the entries of a posting add up to zero');
  const rows = ledgerAccounts.flatMap((account) => {
    const amount = entries[account] ?? 0;
    return amount === 0
      ? []
      : [
          {
            eventId: attempt.eventId,
            posting,
            account,
            orderId: attempt.orderId,
            attemptId: attempt.id,
            amount,
            currency,
          },
        ];
  });
  if (rows.length > 0) await tx.insert(ledgerEntries).values(rows);
}

/** The balances of an attempt, in the order's currency. */
export async function balancesOf(tx: Db, attempt: Attempt): Promise<Entries> {
  const rows = await tx
    .select({ account: ledgerEntries.account, amount: sql<number>`sum(${ledgerEntries.amount})::float8` })
    .from(ledgerEntries)
    .where(
      and(
        eq(ledgerEntries.eventId, attempt.eventId),
        eq(ledgerEntries.orderId, attempt.orderId),
        eq(ledgerEntries.attemptId, attempt.id),
        eq(ledgerEntries.currency, attempt.currency),
      ),
    )
    .groupBy(ledgerEntries.account);
  return Object.fromEntries(rows.map(({ account, amount }) => [account, amount]));
}

/** The name of the attempt's next posting of this kind: they are counted. The caller holds the attempt's lock. */
export async function nextPosting(tx: Db, attempt: Attempt, kind: 'capture' | 'reversal'): Promise<string> {
  const prefix = `${attempt.id}:${kind}:`;
  const [row] = await tx
    .select({ count: sql<number>`count(distinct ${ledgerEntries.posting})::int` })
    .from(ledgerEntries)
    .where(
      and(
        eq(ledgerEntries.eventId, attempt.eventId),
        eq(ledgerEntries.orderId, attempt.orderId),
        sql`starts_with(${ledgerEntries.posting}, ${prefix})`,
      ),
    );
  return `${prefix}${(row?.count ?? 0) + 1}`;
}

/**
 * The fees that gateways keep of the payments for an event. It reads all attempts of the event, so only the organizer's
 * desk calls it.
 */
export async function gatewayFeesOf(
  db: Db,
  event: { readonly id: string; readonly currency: string },
): Promise<number> {
  const [row] = await db
    .select({ fees: sql<number>`coalesce(sum(${paymentAttempts.gatewayFee}), 0)::float8` })
    .from(paymentAttempts)
    .where(and(eq(paymentAttempts.eventId, event.id), eq(paymentAttempts.currency, event.currency)));
  return row?.fees ?? 0;
}
