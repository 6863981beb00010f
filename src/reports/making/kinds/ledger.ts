import { sql } from 'drizzle-orm';
import { ledgerEntries } from '../../../payments/tables.ts';
import { type ReportKind, numberColumn, orderCodeOf, textColumn, timeColumn } from './kind.ts';

/**
 * Every entry of the ledger. An entry is never changed, so consecutive periods have each once: the export for
 * bookkeeping.
 */
export const ledger: ReportKind = {
  from: sql`ledger_entries l`,
  eventId: sql`l.event_id`,
  key: [sql`l.posting`, sql`l.account`],
  time: sql`l.posted_at`,
  status: sql`l.account`,
  statuses: ledgerEntries.account.enumValues,
  columns: [
    textColumn('posting', sql`l.posting`),
    textColumn('account', sql`l.account`),
    numberColumn('amount', sql`l.amount`),
    textColumn('currency', sql`l.currency`),
    textColumn('order_code', orderCodeOf(sql`l.order_id`)),
    textColumn('order_id', sql`l.order_id`),
    textColumn('payment_id', sql`l.attempt_id`),
    timeColumn('posted_at', sql`l.posted_at`),
  ],
};
