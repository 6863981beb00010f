import type { TestEvent } from '../../../testkit/factories.ts';
import { fillEvent } from './fill-events.ts';
import { hotQueries } from './hot-queries.ts';
import type { HotWorld } from './hot-world.ts';

export const hotTables = [
  'orders',
  'order_lines',
  'tickets',
  'payment_attempts',
  'callbacks',
  'refunds',
  'ledger_entries',
  'admissions',
  'scans',
  'deliveries',
  'places',
  'spent_passes',
  'limit_counters',
  'outbox',
];

/** Orders of an event, written past the service: paid, or waiting for payment with their places held. */
export async function fillWith(world: HotWorld, target: TestEvent, orders: number, as: 'paid' | 'rush'): Promise<void> {
  const [category] = target.categories;
  if (category === undefined) throw new Error('the event has no category');
  await fillEvent(world.admin, {
    eventId: target.id,
    organizerId: target.organizer.id,
    categoryId: category.id,
    poolId: category.poolId,
    orders,
    as,
  });
  if (as === 'paid') return;
  await world.admin`
    update stock set available = available - ${orders}, held = held + ${orders} where event_id = ${target.id}`;
}

/** Only of this database: other tests count statements on the same server. */
export async function forgetStatements(world: HotWorld): Promise<void> {
  await world.admin`
    select pg_stat_statements_reset(0::oid, (select oid from pg_database where datname = current_database()), 0)`;
}

export type Measured = {
  readonly query: string;
  /** With its lines, at whose ends comments stop. */
  readonly lines: string;
  readonly calls: number;
  readonly pages: number;
  readonly rows: number;
  readonly toplevel: boolean;
};

/** Statements on hot tables that ran at least `callsMin` times, also those inside of functions. */
export async function measured(world: HotWorld, callsMin: number): Promise<Measured[]> {
  const rows = await world.admin<Omit<Measured, 'lines'>[]>`
    select query, calls::int, ((shared_blks_hit + shared_blks_read)::float8 / calls) as pages, (rows::float8 / calls) as rows, toplevel
    from pg_stat_statements s join pg_roles r on r.oid = s.userid
    where dbid = (select oid from pg_database where datname = current_database()) and rolname = 'antre_app'
      and calls >= ${callsMin}`;
  const names = hotTables.join('|');
  const table = new RegExp(
    `\\b(from|join|into|update) "?(${names})\\b|\\b(select|SELECT|from) \\w+_(orders|callbacks|settlements|attempts|places|tickets|holds)\\(`,
  );
  return rows
    .map((row) => ({ ...row, lines: row.query, query: row.query.replace(/\s+/g, ' ').trim() }))
    .filter(({ query }) => table.test(query));
}

/**
 * A row that is written costs its pages in the table and in each index, and a new connection reads the catalog first. An event of 5,000
 * orders has hundreds.
 */
const pagesPerRowMax = 100;

/** Statements that read more pages for each call than `hotQueries` allows, or for each row of a large batch. */
export async function tooManyPages(world: HotWorld, callsMin: number): Promise<string[]> {
  const tooMany = (await measured(world, callsMin)).filter(({ query, pages, rows }) => {
    const allowed = hotQueries.find(({ text }) => text.test(query))?.pagesMax ?? 0;
    return pages > Math.max(allowed, rows * pagesPerRowMax);
  });
  return tooMany.map(({ query, pages, rows }) => `${Math.round(pages)} pages for ${rows.toFixed(1)} rows: ${query}`);
}
