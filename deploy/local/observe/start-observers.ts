import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ChildSpec } from '../host/child.ts';
import { privateFolder, privateWriter, type WriteFile } from '../host/reachable-folder.ts';
import { repositoryFolder } from '../places.ts';
import { type Say, step } from '../progress.ts';
import type { ServiceContext } from '../services/service-options.ts';
import type { ServiceAddresses } from '../services/start-services.ts';
import { alertmanagerFile } from './alertmanager-file.ts';
import { type Watched, waitForTargets } from './ask-prometheus.ts';
import { exporters, type Observer, type ObserverPorts, redisTarget } from './exporters.ts';
import { findObservers, type ObserverPrograms } from './find-observers.ts';
import { type LocalTargets, prometheusFile, ruleFiles, type TargetGroup } from './prometheus-file.ts';
import { runnableAlertmanager } from './unpacked-alertmanager.ts';

/** The observed parts, and the observers' settings. */
export interface ObservedStack {
  readonly ports: ObserverPorts;
  readonly addresses: ServiceAddresses;
  /** Operations ports of the API processes and of the worker. */
  readonly api: readonly number[];
  readonly worker: number;
  readonly smtpPort: number;
  readonly operationsToken: string;
  readonly probes: readonly TargetGroup[];
}

type Context = Pick<ServiceContext, 'folder' | 'account' | 'supervisor'>;

const readyDeadlineMs = 20_000;
const firstScrapesDeadlineMs = 20_000;
const probeDeadlineMs = 2000;
const stopDeadlineMs = 5000;
/** Prometheus drops its oldest data beyond this, so that a forgotten stack does not fill the disk. */
const retention = ['--storage.tsdb.retention.size=256MB', '--storage.tsdb.retention.time=7d'];

/**
 * Starts the exporters, Alertmanager and Prometheus with production's rules and routes on 127.0.0.1, and waits for the first scrapes.
 * @throws LaunchProblem with what to do
 */
export async function startObservers(context: Context, stack: ObservedStack, say: Say): Promise<Watched> {
  const { account, supervisor } = context;
  const programs = await findObservers(account, say);
  const own = privateFolder(join(context.folder, 'observe'), account);
  const write = privateWriter(own, account);
  const start = (observer: Observer) => supervisor.start(childOf(observer, own, account));
  const { ports, addresses } = stack;
  await step(say, 'exporters', () =>
    Promise.all(exporters(programs, ports, addresses, { write, read: readOurs }).map((one) => start(one))),
  );
  await step(say, `Alertmanager on 127.0.0.1:${ports.alertmanager}`, () =>
    start(alertmanager(programs, stack, own, write)),
  );
  return step(say, `Prometheus on 127.0.0.1:${ports.prometheus}`, async () => {
    await start(prometheus(programs, stack, own, write));
    return waitForTargets(`http://127.0.0.1:${ports.prometheus}`, firstScrapesDeadlineMs);
  });
}

function alertmanager(
  programs: ObserverPrograms,
  { ports, smtpPort, api: [api = 0], worker, operationsToken }: ObservedStack,
  own: string,
  write: WriteFile,
): Observer {
  const tokenFile = write('operations-token', operationsToken);
  const file = write('alertmanager.yml', alertmanagerFile({ smtpPort, api, worker, tokenFile }));
  return {
    name: 'alertmanager',
    program: runnableAlertmanager(programs.alertmanager, own),
    args: [
      `--config.file=${file}`,
      `--storage.path=${join(own, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
      // One process: no peers to talk to.
      '--cluster.listen-address=',
    ],
    port: ports.alertmanager,
    readyPath: '/-/ready',
  };
}

function prometheus(
  { prometheus: program }: ObserverPrograms,
  stack: ObservedStack,
  own: string,
  write: WriteFile,
): Observer {
  for (const name of ruleFiles) write(name, readOurs(`deploy/prometheus/${name}`));
  write('probes.yml', stringify(stack.probes));
  const file = write('prometheus.yml', prometheusFile(targetsOf(stack)));
  return {
    name: 'prometheus',
    program,
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(own, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${stack.ports.prometheus}`,
      ...retention,
    ],
    port: stack.ports.prometheus,
    readyPath: '/-/ready',
  };
}

/** Where the parts that `deploy/prometheus/prometheus.yml` names listen on this machine. */
function targetsOf({ ports, addresses, api, worker }: ObservedStack): LocalTargets {
  const at = (port: number) => `127.0.0.1:${port}`;
  return {
    services: { api: api.map(at), worker: [at(worker)] },
    addresses: {
      'localhost:9090': at(ports.prometheus),
      'alertmanager:9093': at(ports.alertmanager),
      'node-exporter:9100': at(ports.node),
      'postgres-exporter:9187': at(ports.postgres),
      'redis-exporter:9121': at(ports.redis),
      'blackbox-exporter:9115': at(ports.blackbox),
      'redis://redis-cache:6379': redisTarget(addresses.redisCacheUrl),
      'redis://redis-queue:6379': redisTarget(addresses.redisQueueUrl),
      ...(addresses.pgbouncerAdminUrl === undefined ? {} : { 'pgbouncer-exporter:9127': at(ports.pgbouncer) }),
    },
  };
}

function childOf(observer: Observer, own: string, account: Context['account']): ChildSpec {
  const { name, program, args, port, readyPath, environment = {}, ours = false } = observer;
  return {
    name,
    command: program.command,
    args,
    environment: { ...program.environment, ...environment },
    folder: ours ? repositoryFolder : own,
    account: ours ? undefined : account,
    stopSteps: [['SIGTERM', stopDeadlineMs]],
    readyDeadlineMs,
    isReady: async () => {
      const answer = await fetch(`http://127.0.0.1:${port}${readyPath}`, {
        signal: AbortSignal.timeout(probeDeadlineMs),
      });
      await answer.body?.cancel();
      return answer.ok;
    },
  };
}

/** Read here and written there, because the account may be unable to read the repository. */
function readOurs(path: string): string {
  return readFileSync(join(repositoryFolder, path), 'utf8');
}
