import { until } from '../../testkit/until.ts';
import type { Machine } from './machine.ts';

/** Within ten seconds; by default systemd gives a unit up after five. */
const kills = 6;
const backWithinMs = 60_000;
const timers = ['antre-backup.timer', 'antre-restore-check.timer'];

const made = '/root/renewed';
const configuration = '/etc/pgbackrest/conf.d/second.conf';
const settings =
  '[global]\nrepo2-path=/var/lib/pgbackrest/second\nrepo2-cipher-type=aes-256-cbc\n' +
  'repo2-cipher-pass=a-passphrase-of-the-try\nrepo2-retention-full=14\n';

/** Creates a certificate as a renewal does, and installs it with `deploy/vps/certificate`. @returns its serial number, as clients see it */
export async function renewCertificate(machine: Machine): Promise<string> {
  const shell = (script: string) => machine.run('bash', '-euc', script);
  await shell(`mkdir -p ${made}
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj /CN=tickets.example \
      -addext subjectAltName=DNS:tickets.example -keyout ${made}/privkey.pem -out ${made}/fullchain.pem`);
  const wanted = await shell(`openssl x509 -in ${made}/fullchain.pem -noout -serial`);
  await shell(`RENEWED_LINEAGE=${made} /opt/antre/current/deploy/vps/certificate`);
  const served = () =>
    shell(
      'openssl s_client -connect 127.0.0.1:443 -servername tickets.example </dev/null 2>/dev/null | openssl x509 -noout -serial',
    );
  // Processes of nginx from before the reload may take one more connection.
  await until(async () => (await served()) === wanted);
  return wanted.trim();
}

/** Adds a second repository for backups as deploy/backup/pgbackrest.conf says, and installs again. */
export async function addRepository(machine: Machine): Promise<void> {
  await machine.run('sh', '-c', `printf '%s' '${settings}' >${configuration}`);
  await machine.run('chown', 'postgres:', configuration);
  await machine.run('chmod', '640', configuration);
  await machine.run('/deploy/vps/install');
}

/** @returns how many base backups each repository has afterwards @throws Error unless each has one */
export async function makeBackups(machine: Machine): Promise<number[]> {
  await machine.run('systemctl', 'is-active', ...timers);
  await machine.run('systemctl', 'start', 'antre-backup');
  const counts = [];
  for (const repository of [1, 2]) {
    const ask = `runuser -u postgres -- pgbackrest --stanza=antre --repo=${repository} --output=json info`;
    const said = await machine.run(...ask.split(' '));
    const [stanza] = JSON.parse(said) as { readonly backup: readonly unknown[] }[];
    counts.push(stanza?.backup.length ?? 0);
  }
  if (counts.some((count) => count !== 1)) throw new Error(`base backups in the repositories: ${counts.join(' and ')}`);
  return counts;
}

/** @throws Error unless the backup of each repository is restored and audited, and the exporter of the machine knows when */
export async function checkRestores(machine: Machine): Promise<void> {
  await machine.run('systemctl', 'start', 'antre-restore-check');
  const said = await machine.run('journalctl', '--unit=antre-restore-check', '--output=cat', '--no-pager');
  const audits = said.match(/The audit is clean\./g)?.length ?? 0;
  if (audits !== 2) throw new Error(`${audits} of 2 restored backups were audited:\n${said}`);
  const metrics = await machine.run('curl', '--silent', 'http://127.0.0.1:9100/metrics');
  for (const what of ['backup', 'restore_check'])
    for (const repository of [1, 2]) {
      const series = `antre_${what}_success_timestamp_seconds{repository="${repository}"}`;
      if (!metrics.includes(`\n${series} 1`)) throw new Error(`the exporter knows no success: ${series}`);
    }
}

/**
 * Kills units so often that systemd would give them up, as it would on a full disk or while Postgres recovers.
 * @throws Error unless all of them come back
 */
export async function killAgainAndAgain(machine: Machine, units: readonly string[]): Promise<void> {
  const kill = `systemctl kill --signal=KILL ${units.join(' ')} || true; sleep 1.4`;
  await machine.run('bash', '-c', `for round in {1..${kills}}; do ${kill}; done`);
  await untilActive(machine, units);
}

async function untilActive(machine: Machine, units: readonly string[]): Promise<void> {
  const states = () => machine.run('sh', '-c', `systemctl is-active ${units.join(' ')} || true`);
  const others = async () =>
    (await states())
      .trim()
      .split('\n')
      .filter((state) => state !== 'active');
  await until(async () => (await others()).length === 0, backWithinMs);
}

/**
 * Runs three API processes, and then two again.
 * @throws Error unless as many of them are active and enabled afterwards
 */
export async function changeProcesses(machine: Machine): Promise<void> {
  for (const count of [3, 2]) {
    await machine.run('/deploy/vps/install', '--api-processes', String(count));
    for (const ask of ['is-active', 'is-enabled']) {
      const said = await machine.run('sh', '-c', `systemctl ${ask} antre-api@1 antre-api@2 antre-api@3 || true`);
      const running = said.split('\n').filter((line) => /^(active|enabled)$/.test(line));
      if (running.length !== count)
        throw new Error(`${count} API processes were wanted, and systemctl ${ask} says\n${said}`);
    }
  }
}

/**
 * Changes one setting of a server, as a new release may, and installs again.
 * @param identity of the process of a unit
 * @throws Error unless only that server was restarted
 */
export async function changeSetting(machine: Machine, identity: (unit: string) => Promise<string>): Promise<void> {
  const before = [await identity('pgbouncer'), await identity('redis-server@cache')];
  await machine.run('sed', '-i', 's/^slowlog-max-len .*/slowlog-max-len 255/', '/etc/redis/redis-cache.conf');
  await machine.run('/deploy/vps/install');
  const after = [await identity('pgbouncer'), await identity('redis-server@cache')];
  if (before[0] !== after[0]) throw new Error('PgBouncer began anew, though only a setting of Redis differed');
  if (before[1] === after[1]) throw new Error('a setting of Redis was put right, and Redis did not begin anew with it');
}
