import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type postgres from 'postgres';
import { createEvent } from '../../../testkit/factories.ts';
import { insertEndedOrders } from './ended-orders.ts';
import { type BenchStack, say } from '../harness/stack.ts';

const tables = ['orders', 'order_lines', 'limit_counters'];
const ordersPerEvent = 100_000;
/** Concurrent statements: as many as the owner has connections. */
const writers = 2;
const toldEachEvents = 20;

/** Durability settings that are off while filling, and on again before anything is measured. */
const whileFilling = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  autovacuum: 'off',
  max_wal_size: "'64GB'",
};

/**
 * Fills the tables with orders of past events: first the rows, without indexes, then the indexes, then the work of
 * autovacuum.
 * @returns the seconds that it took
 */
export async function fillTables(stack: BenchStack, rows: number): Promise<number> {
  const started = performance.now();
  await stack.onAllCores(async () => {
    await stack.asSuperuser((superuser) => changeSettings(superuser, 'set'));
    const indexes = await stack.asSuperuser(dropIndexes);
    await insertAll(stack, rows);
    await stack.asSuperuser(async (superuser) => {
      await superuser.unsafe(`set maintenance_work_mem = '1GB'; set max_parallel_maintenance_workers = 2`);
      for (const statement of indexes) {
        say(statement.slice(0, 100));
        await superuser.unsafe(statement);
      }
      for (const table of tables) {
        say(`vacuum ${table}`);
        await superuser.unsafe(`vacuum (analyze) ${table}`);
      }
      await changeSettings(superuser, 'reset');
    });
    // Data written without fsync is still on its way to the disk. The measurement must not wait for that.
    await promisify(execFile)('sync');
    await stack.asSuperuser((superuser) => superuser`checkpoint`);
  });
  return Math.round((performance.now() - started) / 1000);
}

async function changeSettings(superuser: postgres.Sql, how: 'set' | 'reset'): Promise<void> {
  for (const [name, value] of Object.entries(whileFilling))
    await superuser.unsafe(`alter system ${how} ${name}${how === 'set' ? ` = ${value}` : ''}`);
  await superuser`select pg_reload_conf()`;
}

/** Drops all indexes. @returns the statements that create them again */
async function dropIndexes(superuser: postgres.Sql): Promise<string[]> {
  const found = await superuser<{ dropped: string; made: string }[]>`
    select case when c.oid is null then format('drop index %s', i.indexrelid::regclass)
             else format('alter table %s drop constraint %I', i.indrelid::regclass, c.conname) end as dropped,
           case when c.oid is null then pg_get_indexdef(i.indexrelid)
             else format('alter table %s add constraint %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) end as made
    from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
    where i.indrelid = any (${tables}::regclass[]) order by i.indrelid, c.contype`;
  for (const { dropped } of found) await superuser.unsafe(dropped);
  return found.map(({ made }) => made);
}

async function insertAll(stack: BenchStack, rows: number): Promise<void> {
  let taken = 0;
  let done = 0;
  const write = async () => {
    while (taken < rows) {
      const first = taken;
      taken = Math.min(taken + ordersPerEvent, rows);
      const last = taken - 1;
      const event = await createEvent(stack.open.db, {
        event: { ticketsPerBuyerMax: 6 },
        categories: [{ capacity: ordersPerEvent }],
      });
      await insertEndedOrders(stack.owner.db, event, { first, last });
      done += 1;
      if (done % toldEachEvents === 0) say(`${(done * ordersPerEvent).toLocaleString('en')} orders in the tables`);
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
}
