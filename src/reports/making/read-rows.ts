import { setTimeout as pause } from 'node:timers/promises';
import { type SQL, sql } from 'drizzle-orm';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { inIndexOrder } from '../../platform/database/in-index-order.ts';
import type { ReadSource } from '../../platform/database/replica.ts';
import { rowsPerPage } from '../limits.ts';
import type { ReportFilters, Report } from '../tables.ts';
import type { Column, ReportKind } from './kinds/kind.ts';
import { kinds } from './kinds/kinds.ts';

/** A time is text here: `2027-03-20T19:00:00` in the event's zone, with a Z in UTC. */
export type Cell = string | number | null;
export type OutputColumn = { readonly name: string; readonly type: 'text' | 'number' | 'local_time' | 'utc_time' };

/** The event of each row comes before the kind's own columns. */
const eventColumns: readonly OutputColumn[] = [
  { name: 'event', type: 'text' },
  { name: 'event_id', type: 'text' },
  { name: 'time_zone', type: 'text' },
];

/** The columns of the file, in order. */
export function outputColumns(kind: ReportKind): OutputColumn[] {
  return [...eventColumns, ...kind.columns.flatMap(outputsOf)];
}

function outputsOf({ name, type }: Column): OutputColumn[] {
  if (type !== 'time') return [{ name, type }];
  return [
    { name, type: 'local_time' },
    { name: `${name}_utc`, type: 'utc_time' },
  ];
}

type ReportEvent = { readonly id: string; readonly name: string; readonly timeZone: string };
type ReadReport = Pick<Report, 'organizerId' | 'eventId' | 'kind' | 'filters' | 'scheduleId'>;

const eventsPerPage = 100;
/** The pause after each page, as a multiple of the page's time: reports take at most half of an event loop. */
const restFactor = 1;
const restMsMax = 200;

/**
 * All rows of a report, a page at a time, event by event. Each page is one short transaction: no transaction and no
 * cursor stays open between two pages, and a row is as it was when its page was read. Rows written after `until` are
 * left out, so the report ends however many orders arrive meanwhile.
 */
export async function* readRows(source: ReadSource, report: ReadReport, until: Date): AsyncGenerator<Cell[][], void> {
  const kind = kinds[report.kind];
  const isScheduled = report.scheduleId !== null;
  for await (const event of eventsOf(source, report)) {
    let after = kind.key.map(() => '');
    for (;;) {
      const started = performance.now();
      const page = await source.read({ changedLately: false }, (db) =>
        findPage(db, kind, { event, filters: report.filters, isScheduled, until, after }),
      );
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.key;
      yield page.map(({ cells }) => [event.name, event.id, event.timeZone, ...cells]);
      await pause(Math.min((performance.now() - started) * restFactor, restMsMax));
      if (page.length < rowsPerPage) break;
    }
  }
}

async function* eventsOf(source: ReadSource, report: ReadReport): AsyncGenerator<ReportEvent, void> {
  const which = report.eventId === null ? sql`true` : sql`id = ${report.eventId}`;
  for (let after = ''; ; ) {
    const events = await source.read({ changedLately: false }, (db) =>
      rowsOf<ReportEvent>(
        db,
        sql`
          select id, name, time_zone as "timeZone" from events
          where organizer_id = ${report.organizerId} and ${which} and id > ${after} order by id limit ${eventsPerPage}`,
      ),
    );
    yield* events;
    if (events.length < eventsPerPage) return;
    after = events.at(-1)?.id ?? '';
  }
}

type PageOf = {
  readonly event: ReportEvent;
  readonly filters: ReportFilters;
  /**
   * The period of a schedule is one of a row of periods. A scan that a phone kept for hours and sent later must be in one
   * of them, so the time counts at which Postgres got the row.
   */
  readonly isScheduled: boolean;
  readonly until: Date;
  readonly after: readonly string[];
};

/** The next rows of an event in the order of the key, by the index that begins with event and key. */
async function findPage(db: Db, kind: ReportKind, page: PageOf): Promise<{ key: string[]; cells: Cell[] }[]> {
  const rows = await transaction(db, async (tx) => {
    await tx.execute(inIndexOrder);
    return rowsOf<{ page_key: string[] } & Record<string, Cell>>(tx, pageQuery(kind, page));
  });
  const names = kind.columns.flatMap(outputsOf).map(({ name }) => name);
  return rows.map((row) => ({ key: row.page_key, cells: names.map((name) => row[name] ?? null) }));
}

/** The statement of one page of a report. */
export function pageQuery(kind: ReportKind, { event, filters, isScheduled, until, after }: PageOf): SQL {
  const list = (items: readonly SQL[]) => sql.join([...items], sql`, `);
  const writtenAt = kind.writtenAt ?? kind.time;
  const time = isScheduled ? writtenAt : kind.time;
  const conditions = [
    sql`${kind.eventId} = ${event.id}`,
    sql`(${list(kind.key)}) > (${list(after.map((part) => sql`${part}`))})`,
    ...(kind.startsAt === undefined ? [] : [kind.startsAt(after)]),
    sql`${writtenAt} < ${until.toISOString()}::timestamptz`,
    ...(filters.from === undefined ? [] : [sql`${time} >= ${filters.from}::timestamptz`]),
    ...(filters.to === undefined ? [] : [sql`${time} < ${filters.to}::timestamptz`]),
    ...(filters.status === undefined ? [] : [sql`${kind.status} = ${filters.status}`]),
  ];
  return sql`
    select array[${list(kind.key)}]::text[] as page_key, ${list(kind.columns.flatMap((column) => selected(column, event)))}
    from ${kind.from}
    where ${sql.join(conditions, sql` and `)}
    order by ${list(kind.key)} limit ${rowsPerPage}`;
}

function selected({ name, type, value }: Column, event: ReportEvent): SQL[] {
  const as = (text: string) => sql.identifier(text);
  if (type === 'text') return [sql`${value} as ${as(name)}`];
  if (type === 'number') return [sql`(${value})::float8 as ${as(name)}`];
  return [
    sql`to_char(${value} at time zone ${event.timeZone}, 'YYYY-MM-DD"T"HH24:MI:SS') as ${as(name)}`,
    sql`to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as ${as(`${name}_utc`)}`,
  ];
}
