import { sql } from 'drizzle-orm';
import { refunds as refundsTable } from '../../../payments/tables.ts';
import { type ReportKind, numberColumn, orderCodeOf, textColumn, timeColumn } from './kind.ts';

export const refunds: ReportKind = {
  from: sql`refunds r`,
  eventId: sql`r.event_id`,
  key: [sql`r.id`],
  time: sql`r.created_at`,
  status: sql`r.status`,
  statuses: refundsTable.status.enumValues,
  columns: [
    textColumn('refund_id', sql`r.id`),
    textColumn('order_code', orderCodeOf(sql`r.order_id`)),
    textColumn('order_id', sql`r.order_id`),
    textColumn('payment_id', sql`r.attempt_id`),
    textColumn('status', sql`r.status`),
    textColumn('reason', sql`r.reason`),
    numberColumn('amount', sql`r.amount`),
    textColumn('currency', sql`r.currency`),
    numberColumn('tickets', sql`coalesce(cardinality(r.ticket_ids), 0)`),
    textColumn('failure', sql`r.failure`),
    timeColumn('created_at', sql`r.created_at`),
    timeColumn('done_at', sql`r.done_at`),
  ],
};
