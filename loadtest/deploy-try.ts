import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, repositoryFolder } from '../deploy/local/places.ts';
import { endOnSignal, isInterrupted, runCommand } from './bench/harness/interruption.ts';
import { type Machine, openMachine } from './deploy-try/machine.ts';
import { changedRelease } from './deploy-try/changed-release.ts';
import { type Buyers, startBuyers } from './deploy-try/buyers.ts';
import { walkRunbook } from './deploy-try/walk-runbook.ts';
import { lintScripts } from './deploy-try/lint-scripts.ts';
import { closedMachine } from './deploy-try/closed-machine.ts';
import {
  addRepository,
  changeProcesses,
  changeSetting,
  checkRestores,
  killAgainAndAgain,
  makeBackups,
  renewCertificate,
} from './deploy-try/keep-up.ts';
import { hearOfAlert, hearOfSilence, watchMachine } from './deploy-try/watch-machine.ts';
import { restoreAsWritten } from './deploy-try/restore-as-written.ts';
import { restoreElsewhere } from './deploy-try/restore-elsewhere.ts';
import { takeNoArguments } from '../deploy/local/no-arguments.ts';

/**
 * `npm run deploy:try`, as root: makes a bare Debian 13 in namespaces, installs it with `deploy/vps/install`, deploys
 * releases while buyers order through the edge, and rolls back; backs up and restores. Prints each step with its time,
 * and fails at the first that differs from docs/operations.md. Deletes the machine at the end.
 */
const releases = join(dataFolder, 'releases');
const allMinutesMax = 25;
const sellingWithinMinutes = 10;
/** The packed release, and those made from it. */
const versions = ['try-1', 'try-2', 'try-3', 'try-4'];
const smtpPort = '2525';
const servers = ['postgresql@17-main', 'pgbouncer', 'redis-server@cache', 'redis-server@queue', 'nginx'];
/** Programs that watch, by their units. */
const watchers = [
  'prometheus',
  'prometheus-alertmanager',
  'prometheus-blackbox-exporter',
  'prometheus-node-exporter',
  'prometheus-postgres-exporter',
  'prometheus-redis-exporter',
  'antre-pgbouncer-exporter',
];
const processes = ['antre-api@1', 'antre-api@2', 'antre-worker'];

const began = performance.now();
const sinceStart = () => ((performance.now() - began) / 1000).toFixed(1);

async function step<Result>(
  what: string,
  act: () => Promise<Result>,
  tell?: (result: Result) => string,
): Promise<Result> {
  const started = performance.now();
  const result = await act();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const more = tell === undefined ? '' : `: ${tell(result)}`;
  process.stdout.write(`${sinceStart().padStart(7)} s  ${what}, ${seconds} s${more}\n`);
  return result;
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

async function install(machine: Machine): Promise<void> {
  await step('packages', () => machine.installPackages(['/deploy/vps/install', '--packages']));
  await step('start of the machine', () => machine.start());
  await step('install', () =>
    machine.run(
      '/deploy/vps/install',
      '--domain',
      'tickets.example',
      '--smtp',
      `smtp://127.0.0.1:${smtpPort}`,
      '--alerts-to',
      'oncall@try.test',
      '--api-processes',
      '2',
      '--heartbeat',
      // The edge says nothing about who asks.
      'http://127.0.0.1/.edge/alive',
    ),
  );
  await step('first release', () => machine.run('/deploy/vps/release', '/releases/antre-try-1.tar.gz'));
}

const identities = (machine: Machine, units: readonly string[]) =>
  machine.run('systemctl', 'show', '--property=MainPID', '--value', ...units);

async function installAgain(machine: Machine): Promise<void> {
  const all = [...servers, ...watchers, ...processes];
  const before = await identities(machine, all);
  await step('install again', () => machine.run('/deploy/vps/install'));
  must((await identities(machine, all)) === before, 'a second install restarted something, though nothing had changed');
}

const versionOf = (machine: Machine) => machine.run('readlink', '/opt/antre/current');

/** Meanwhile every buyer must be served at the first try. */
async function seamless(buyers: Buyers, what: string, act: () => Promise<unknown>): Promise<void> {
  await buyers.report();
  await step(what, act);
  const sold = await buyers.report();
  process.stdout.write(`           meanwhile ${sold.placed} orders, the slowest in ${sold.slowestMs} ms\n`);
  must(sold.placed > 0 && Object.keys(sold.failed).length === 0, `buyers were refused: ${JSON.stringify(sold.failed)}`);
}

async function refused(machine: Machine, version: string): Promise<void> {
  const current = await versionOf(machine);
  const said = await machine.run('/deploy/vps/release', `/releases/antre-${version}.tar.gz`).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  must(said !== undefined, `${version} was put into service, though it must be refused`);
  must(
    (await versionOf(machine)) === current,
    `after the refusal of ${version} another release is in service than before`,
  );
  process.stdout.write(`           ${said?.trim().split('\n').at(-1) ?? ''}\n`);
}

async function newReleases(machine: Machine, buyers: Buyers): Promise<void> {
  changedRelease(releases, { from: 'try-1', to: 'try-2', files: {} });
  await seamless(buyers, 'second release', () => machine.run('/deploy/vps/release', '/releases/antre-try-2.tar.gz'));
  const before = await identities(machine, processes);
  const exits = 'process.exit(1);';
  changedRelease(releases, { from: 'try-1', to: 'try-3', files: { 'drizzle/migrate.mjs': exits } });
  await seamless(buyers, 'a release whose migration fails', () => refused(machine, 'try-3'));
  must((await identities(machine, processes)) === before, 'a failed migration restarted processes');
  changedRelease(releases, { from: 'try-1', to: 'try-4', files: { 'api.mjs': 'setInterval(() => {}, 1000);' } });
  await seamless(buyers, 'a release that does not become ready', () => refused(machine, 'try-4'));
  await seamless(buyers, 'rollback', () => machine.run('/deploy/vps/rollback'));
  must((await versionOf(machine)).trim() === '/opt/antre/try-1', 'the rollback did not return to the first release');
}

async function backups(machine: Machine): Promise<void> {
  await step('a second repository', () => addRepository(machine));
  await step(
    'base backup',
    () => makeBackups(machine),
    (counts) => `${counts.join(' and ')} in the repositories`,
  );
  await step('restore check', () => checkRestores(machine));
}

async function tryAll(machine: Machine, startedAt: number): Promise<void> {
  await install(machine);
  const environment = readFileSync(join(machine.root, 'etc/antre/migrate.env'), 'utf8');
  const buyers = await startBuyers(machine, {
    PUBLIC_URL: 'https://tickets.example',
    CERTIFICATE: join(machine.root, 'etc/nginx/certificates/fullchain.pem'),
    DATABASE_DIRECT_URL: /^DATABASE_DIRECT_URL=(.*)$/m.exec(environment)?.[1] ?? '',
    SMTP_PORT: smtpPort,
  });
  const minutes = (performance.now() - startedAt) / 60_000;
  process.stdout.write(
    `${sinceStart().padStart(7)} s  the first order: ${minutes.toFixed(1)} min after an empty folder\n`,
  );
  must(minutes < sellingWithinMinutes, `it took more than ${sellingWithinMinutes} min until it sold`);
  await installAgain(machine);
  await step(
    'commands of deploy/runbook.md',
    () => walkRunbook(machine),
    (count) => `${count} of them answer`,
  );
  await step(
    'watching',
    () => watchMachine(machine),
    (count) => `every target answers, and ${count} metrics of exporters are there`,
  );
  await newReleases(machine, buyers);
  await backups(machine);
  await step('a changed setting', () => changeSetting(machine, (unit) => identities(machine, [unit])));
  await step('hardening, firewall, failed units', () => closedMachine(machine));
  await step('an alert by mail', () => hearOfAlert(machine));
  await step('a heartbeat, and none without Alertmanager', () => hearOfSilence(machine));
  // Afterwards, since Alertmanager begins anew, and tells nobody a second time within the hour.
  await seamless(buyers, 'more and fewer API processes', () => changeProcesses(machine));
  const end = await buyers.end();
  must(end.unserved === 0, `${end.unserved} orders have no ticket or no mail`);
  const audit = await machine.run('/deploy/vps/command', 'audit');
  must(audit.includes('The audit is clean.'), audit);
  // Debian's unit of Postgres has no bound of its start, so a kill of the start itself would last for ever.
  const killed = [...servers.filter((name) => !name.startsWith('postgresql')), 'prometheus'];
  await step('servers that are killed again and again', () => killAgainAndAgain(machine, killed));
  await step(
    'a renewed certificate',
    () => renewCertificate(machine),
    (served) => `clients see ${served}`,
  );
  process.stdout.write(`           every order has its ticket, ${end.mails} mails, and the audit is clean\n`);
  await step(
    'restore to the moment before a mistake',
    () => restoreAsWritten(machine),
    (orders) => `by the commands of docs/operations.md, all ${orders} orders are there`,
  );
  await step(
    'restore after the loss of the machine',
    () => restoreElsewhere(machine),
    (orders) => `from the second repository, all ${orders} orders are there`,
  );
}

async function main(): Promise<void> {
  let machine: Machine | undefined;
  const clearUp = async () => {
    await machine?.close();
    for (const version of versions) rmSync(join(releases, `antre-${version}.tar.gz`), { force: true });
  };
  const forget = endOnSignal(clearUp);
  const tooLong = setTimeout(() => process.kill(process.pid, 'SIGTERM'), allMinutesMax * 60_000);
  try {
    await step('shellcheck', lintScripts);
    await step('the release is packed', async () =>
      execFileSync(process.execPath, [...process.execArgv, join(repositoryFolder, 'deploy/vps/pack.ts'), 'try-1'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
    const startedAt = performance.now();
    machine = await openMachine(releases);
    const { make } = machine;
    await step('a bare Debian 13', make);
    await tryAll(machine, startedAt);
  } finally {
    clearTimeout(tooLong);
    if (!isInterrupted()) await clearUp();
    forget();
  }
}

takeNoArguments(
  'deploy:try',
  'Installs a bare machine, deploys releases while buyers order, rolls back, backs up and restores. Needs root.',
);
runCommand(main);
