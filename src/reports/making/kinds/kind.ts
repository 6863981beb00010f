import { type SQL, sql } from 'drizzle-orm';

/** A column of a report. A `time` becomes two columns: the event's local time, and UTC. */
export type Column = {
  readonly name: string;
  readonly type: 'text' | 'number' | 'time';
  readonly value: SQL;
};

/** The source of a kind of report. Every statement of a report is made from one of these. */
export type ReportKind = {
  readonly columns: readonly Column[];
  /** Tables and joins; `base` is the first of them. */
  readonly from: SQL;
  /** Column with the event's id, of the table that is read in order. */
  readonly eventId: SQL;
  /** Columns that identify a row within its event, in the order of an index after the event's id. */
  readonly key: readonly SQL[];
  /** A further condition that lets Postgres begin at the last row, if the columns of the key are in two tables. */
  readonly startsAt?: (after: readonly string[]) => SQL;
  /** The time that the filters `from` and `to` apply to, except for a schedule's (`pageQuery`). */
  readonly time: SQL;
  /** When Postgres got the row, if `time` may be another clock's. */
  readonly writtenAt?: SQL;
  /** The column that the filter `status` applies to, and its values. */
  readonly status: SQL;
  readonly statuses: readonly string[];
};

export const textColumn = (name: string, value: SQL): Column => ({ name, type: 'text', value });
export const numberColumn = (name: string, value: SQL): Column => ({ name, type: 'number', value });
export const timeColumn = (name: string, value: SQL): Column => ({ name, type: 'time', value });

/** The ten characters that a buyer reads out, as `orderCode` writes them. */
export const orderCodeOf = (orderId: SQL): SQL =>
  sql`substr(${orderId}, length(${orderId}) - 9, 5) || '-' || right(${orderId}, 5)`;
