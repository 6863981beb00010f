/**
 * Reports: files with an organizer's attendees, orders, payments, refunds, ledger, check-ins or deliveries, made by workers.
 *
 * Promises
 *  1. Every requested report ends as a file, as failed, or as cancelled. A worker that dies costs one run.
 *  2. A file becomes visible only when it is complete.
 *  3. An organizer's reports are made one after another, in the order in which they were asked for.
 *  4. The requesting member is mailed once: that the report is ready, or that it has failed. The link opens the file for a
 *     day, and only while the member may read reports.
 *  5. No transaction stays open while a file is written, and memory does not grow with its rows.
 *  6. Orders, payments and messages do not wait for reports, which have their own queue and connections, and at most half of a
 *     worker's event loop.
 *  7. No cell is a formula.
 *  8. One run of a schedule makes one report, however many workers run it.
 *  9. Files are deleted after `fileDays`. The audit log records who requested and who downloaded each.
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
export { makeNextReport, type MakeReportDeps, type NotifyRequester } from './making/make-report.ts';
