import { sql } from 'drizzle-orm';
import { paymentAttempts } from '../../../payments/tables.ts';
import { type ReportKind, numberColumn, orderCodeOf, textColumn, timeColumn } from './kind.ts';

/** Every attempt to pay, including failed ones. */
export const payments: ReportKind = {
  from: sql`payment_attempts a`,
  eventId: sql`a.event_id`,
  key: [sql`a.id`],
  time: sql`a.created_at`,
  status: sql`a.status`,
  statuses: paymentAttempts.status.enumValues,
  columns: [
    textColumn('payment_id', sql`a.id`),
    textColumn('order_code', orderCodeOf(sql`a.order_id`)),
    textColumn('order_id', sql`a.order_id`),
    textColumn('gateway', sql`a.gateway`),
    textColumn('method', sql`a.method`),
    textColumn('status', sql`a.status`),
    numberColumn('amount', sql`a.amount`),
    numberColumn('received', sql`a.received`),
    numberColumn(
      'refunded',
      // By the ledger, because the attempt's own sum ends at what was received: a payment may have gone back twice.
      sql`case when a.refunded = 0 then 0 else (
        select -sum(l.amount) from ledger_entries l
        where l.order_id = a.order_id and l.event_id = a.event_id and l.attempt_id = a.id and l.currency = a.currency
          and (l.account = 'bank' or l.account = 'gateway' and l.amount < 0)) end`,
    ),
    numberColumn('gateway_fee', sql`a.gateway_fee`),
    textColumn('currency', sql`a.currency`),
    textColumn('gateway_reference', sql`a.gateway_reference`),
    textColumn('failure', sql`a.failure`),
    timeColumn('created_at', sql`a.created_at`),
    timeColumn('updated_at', sql`a.updated_at`),
  ],
};
