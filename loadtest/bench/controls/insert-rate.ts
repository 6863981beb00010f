import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchStack } from '../harness/stack.ts';

const run = promisify(execFile);
const clients = 32;

/** A row like an order and one for the outbox in one autocommit statement, without a hot row or rules. */
const script = `with placed as (
  insert into bench_orders (event_id, id, organizer_id, status, idempotency_key_hash, fingerprint, buyer_name, buyer_email, buyer_phone,
    buyer_keys, network_key, locale, currency, quantity, subtotal, discount, fees, total, placed_at, expires_at, hold_ends_max_at)
  values ('evt_0BENCH00', 'ord_0BENCH00' || upper(substr(md5(random()::text), 1, 20)), 'org_0', 'pending_payment',
    gen_random_uuid(), gen_random_uuid(), 'Ayu Lestari', 'ayu@example.test', '+62812345678', '{a,b}', 'n', 'id', 'IDR', 1, 150000, 0, 0,
    150000, now(), now() + interval '1 day', now() + interval '2 days') returning id)
insert into bench_outbox (name, payload) select 'order.placed', jsonb_build_object('orderId', id) from placed;
`;

/**
 * Rows per second that pgbench inserts into tables like ours through the same PgBouncer, one commit each: the limit of
 * disk and server if nothing is scarce. Returns a sentence if there is no pgbench.
 */
export async function insertRate(
  stack: BenchStack,
  seconds: number,
): Promise<{ perSecond: number; said: string } | string> {
  try {
    await run('pgbench', ['--version']);
  } catch {
    return 'left out: pgbench is not installed (Debian: postgresql-contrib)';
  }
  await stack.asSuperuser((sql) =>
    sql.unsafe(`create table bench_orders (like orders including all);
      create table bench_outbox (like outbox including all);
      grant select, insert on bench_orders, bench_outbox to antre_app`),
  );
  // Removed together with the logs.
  const file = join(stack.folder, 'logs', 'insert.sql');
  writeFileSync(file, script.replaceAll('\n', ' '));
  const url = new URL(stack.services.addresses.databaseUrl);
  try {
    const { stdout } = await run(
      'pgbench',
      ['--no-vacuum', '--protocol=simple', `--client=${clients}`, '--jobs=2', `--time=${seconds}`, `--file=${file}`],
      {
        env: {
          ...process.env,
          PGHOST: url.hostname,
          PGPORT: url.port,
          PGUSER: url.username,
          PGPASSWORD: url.password,
          PGDATABASE: url.pathname.slice(1),
        },
        timeout: (seconds + 30) * 1000,
      },
    );
    const perSecond = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
    return { perSecond, said: `${clients} clients, one statement and one commit each, no hot row, no rules` };
  } finally {
    await stack.asSuperuser((sql) => sql.unsafe('drop table bench_orders, bench_outbox'));
  }
}
