import { sql } from 'drizzle-orm';
import { scanResults } from '../../../check-in/tables.ts';
import { type ReportKind, numberColumn, orderCodeOf, textColumn, timeColumn } from './kind.ts';

/** Every scan at the door, admitted or not. */
export const checkIns: ReportKind = {
  from: sql`scans s`,
  eventId: sql`s.event_id`,
  key: [sql`s.actor_id`, sql`s.device_id`, sql`s.scan_id`],
  time: sql`s.scanned_at`,
  writtenAt: sql`s.received_at`,
  status: sql`s.result`,
  statuses: scanResults,
  columns: [
    textColumn('ticket_id', sql`s.ticket_id`),
    // A ticket's id is its order's id, with another prefix and the ticket's number in the order.
    textColumn('order_code', orderCodeOf(sql`left(s.ticket_id, -3)`)),
    textColumn('direction', sql`s.direction`),
    textColumn('result', sql`s.result`),
    textColumn('fault', sql`s.fault`),
    textColumn('conflict', sql`case when s.conflict then 'yes' else 'no' end`),
    textColumn('offline', sql`case when s.offline then 'yes' else 'no' end`),
    textColumn('gate', sql`s.gate`),
    textColumn('scanned_by', sql`s.actor_id`),
    textColumn('device_id', sql`s.device_id`),
    textColumn('scan_id', sql`s.scan_id`),
    timeColumn('scanned_at', sql`s.scanned_at`),
    timeColumn('device_at', sql`s.device_at`),
    timeColumn('received_at', sql`s.received_at`),
    numberColumn('passed', sql`case when s.passed then 1 else 0 end`),
  ],
};
