/**
 * Reports: files with an organizer's attendees, orders, payments, refunds, check-ins or deliveries, made by workers.
 *
 * Promises
 *  1. A report that was asked for ends: as a file, as failed, or cancelled. A worker that dies in the middle costs one run.
 *  2. A file is visible when it is complete, and not before.
 *  3. An organizer's reports are made one after another, in the order in which they were asked for.
 *  4. The member who asked is mailed once. The link opens the file for a day, and only while the member may read reports.
 *  5. No transaction stays open while a file is written, and memory does not grow with its rows.
 *  6. Orders, payments and messages do not wait for reports: they have a queue, connections and half of a worker's loop at most.
 *  7. No cell runs in a spreadsheet.
 *  8. One run of a schedule makes one report, however many workers look after it.
 *  9. Files are deleted after `fileDays`. The audit log says who asked for one and who downloaded it.
 *
 * A report
 *
 *   (none) --requestReport, runDueSchedules--> waiting --makeNextReport--> making --makeNextReport--> ready
 *                                                ^  |                       |  |                        |
 *                                                |  +----- cancelReport ----+--|--> cancelled           | maintainReports,
 *                                                |                             |                        v after its days
 *                                                +-- makeNextReport (failed), maintainReports (lost) --+ expired
 *                                                     after `failuresMax` of them --> failed
 */
export { createReportMailOf } from './downloads/report-mail.ts';
export { maintainReports } from './maintain-reports.ts';
export { makeNextReport, type MakeReportDeps } from './making/make-report.ts';
