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
    numberColumn('refunded', sql`a.refunded`),
    numberColumn('gateway_fee', sql`a.gateway_fee`),
    textColumn('currency', sql`a.currency`),
    textColumn('gateway_reference', sql`a.gateway_reference`),
    textColumn('failure', sql`a.failure`),
    timeColumn('created_at', sql`a.created_at`),
    timeColumn('updated_at', sql`a.updated_at`),
  ],
};
