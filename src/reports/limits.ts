/** Reports of one organizer that may wait or be made at once, requested by people and programs. */
export const openReportsMax = 20;
/** Schedules of one organizer. */
export const schedulesMax = 20;

/** A report with more rows than this fails, because no spreadsheet opens it. A filter makes it smaller. */
export const rowsMax = 5_000_000;
/** The failure of such a report. */
export const tooManyRows = 'too_many_rows';
/** Rows that are read and written without a pause for the worker's other jobs. */
export const rowsPerPage = 100;
/** Runs that may fail, or end with their worker, before the report has failed. */
export const failuresMax = 3;

/** How long a file is kept. */
export const fileDays = 7;
/** How long a link opens a file. */
export const linkHours = 24;
/** Rows of reports without a file are kept this long, as a record. */
export const recordDays = 90;

/** A worker renews its lease several times within this time, so that only a dead one loses it. */
export const leaseSeconds = 60;
export const renewEveryMs = 3000;
