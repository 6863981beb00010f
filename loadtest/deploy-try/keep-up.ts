import type { Machine } from './machine.ts';

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
  const served = await shell(
    'openssl s_client -connect 127.0.0.1:443 -servername tickets.example </dev/null 2>/dev/null | openssl x509 -noout -serial',
  );
  if (served !== wanted) throw new Error(`nginx serves ${served.trim()} after the renewal, and not ${wanted.trim()}`);
  return served.trim();
}

/** Adds a second repository for backups as deploy/backup/pgbackrest.conf says, and installs again. */
export async function addRepository(machine: Machine): Promise<void> {
  await machine.run('sh', '-c', `printf '%s' '${settings}' >${configuration}`);
  await machine.run('chown', 'postgres:', configuration);
  await machine.run('chmod', '640', configuration);
  await machine.run('/deploy/vps/install');
}

/** How many base backups each repository has. */
export async function countBackups(machine: Machine): Promise<number[]> {
  const counts = [];
  for (const repository of [1, 2]) {
    const ask = `runuser -u postgres -- pgbackrest --stanza=antre --repo=${repository} --output=json info`;
    const said = await machine.run(...ask.split(' '));
    const [stanza] = JSON.parse(said) as { readonly backup: readonly unknown[] }[];
    counts.push(stanza?.backup.length ?? 0);
  }
  return counts;
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
