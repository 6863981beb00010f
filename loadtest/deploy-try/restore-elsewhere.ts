import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../../deploy/local/places.ts';
import { until } from '../../testkit/until.ts';
import type { Machine } from './machine.ts';
import { commandsAfter } from './restore-as-written.ts';

const introduction = 'To restore on a new machine, when the old one is lost:';
const archivedWithinMs = 30_000;

/**
 * Loses the database, its settings and the first repository, keeps the copy of /etc/antre and the second repository, and restores by the
 * commands of docs/operations.md, exactly as written.
 * @returns how many orders existed before and exist again
 * @throws Error if a command fails, an order is missing, or the books do not agree
 */
export async function restoreElsewhere(machine: Machine): Promise<number> {
  const shell = (script: string) => machine.run('bash', '-euc', script);
  const ask = async (statement: string) =>
    (await shell(`cd / && runuser -u postgres -- psql --no-psqlrc -tAX -d antre -c "${statement}"`)).trim();
  await shell("systemctl stop antre-worker 'antre-api@*'");
  const before = await ask('select count(*) from orders');
  const last = await ask('select pg_walfile_name(pg_switch_wal())');
  await until(async () => (await ask('select last_archived_wal from pg_stat_archiver')) >= last, archivedWithinMs);
  await shell(`systemctl stop pgbouncer postgresql@17-main
    pg_dropcluster 17 main
    mv /etc/pgbackrest/conf.d/second.conf /root/second.conf
    rm -rf /var/lib/pgbackrest/archive /var/lib/pgbackrest/backup
    pg_createcluster 17 main >/dev/null
    systemctl daemon-reload
    systemctl start postgresql@17-main`);
  const document = readFileSync(join(repositoryFolder, 'docs/operations.md'), 'utf8');
  await shell(commandsAfter(document, introduction).replaceAll('antre/deploy/vps/', '/deploy/vps/'));
  await machine.run('/deploy/vps/install');
  const after = await ask('select count(*) from orders');
  if (after !== before) throw new Error(`there were ${before} orders, and on the new machine there are ${after}`);
  const audit = await machine.run('/deploy/vps/command', 'audit');
  if (!audit.includes('The audit is clean.')) throw new Error(`the audit on the new machine:\n${audit}`);
  return Number(before);
}
