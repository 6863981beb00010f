import type { FoundProgram } from '../binaries/find-system-program.ts';
import type { WriteFile } from '../host/reachable-folder.ts';
import { repositoryFolder } from '../places.ts';
import type { ServiceAddresses } from '../services/start-services.ts';
import type { ObserverPrograms } from './find-observers.ts';

/** Ports of the observers on 127.0.0.1. */
export interface ObserverPorts {
  readonly prometheus: number;
  readonly alertmanager: number;
  readonly node: number;
  readonly postgres: number;
  readonly redis: number;
  readonly pgbouncer: number;
  readonly blackbox: number;
}

/** One program that watches, before it is started. */
export interface Observer {
  readonly name: string;
  readonly program: FoundProgram;
  readonly args: readonly string[];
  readonly port: number;
  readonly readyPath: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Runs from the repository, by the user's own account. */
  readonly ours?: boolean;
}

/** The exporter's own queries follow versions of Postgres that are older than 17. */
const onlyOurQueries = [
  '--disable-default-metrics',
  '--disable-settings-metrics',
  '--no-collector.database',
  '--no-collector.bgwriter',
];

/** The exporters of the stack. @param read reads a file of the repository */
export function exporters(
  programs: ObserverPrograms,
  ports: ObserverPorts,
  addresses: ServiceAddresses,
  { write, read }: { readonly write: WriteFile; readonly read: (path: string) => string },
): readonly Observer[] {
  const listen = (port: number) => `--web.listen-address=127.0.0.1:${port}`;
  const queries = write('postgres-queries.yml', read('deploy/prometheus/postgres-queries.yml'));
  const modules = write('blackbox.yml', read('deploy/blackbox/blackbox.yml'));
  const passwords = write('redis-passwords.json', redisPasswords(addresses));
  return [
    {
      name: 'node-exporter',
      program: programs.node,
      args: [listen(ports.node)],
      port: ports.node,
      readyPath: '/',
    },
    {
      name: 'postgres-exporter',
      program: programs.postgres,
      args: [listen(ports.postgres), `--extend.query-path=${queries}`, ...onlyOurQueries],
      environment: { DATA_SOURCE_NAME: withSslMode(addresses.databaseDirectUrl) },
      port: ports.postgres,
      readyPath: '/',
    },
    {
      name: 'redis-exporter',
      program: programs.redis,
      args: [listen(ports.redis), '--redis.addr=', `--redis.password-file=${passwords}`],
      port: ports.redis,
      readyPath: '/health',
    },
    {
      name: 'blackbox-exporter',
      program: programs.blackbox,
      args: [listen(ports.blackbox), `--config.file=${modules}`],
      port: ports.blackbox,
      readyPath: '/-/healthy',
    },
    ...(addresses.pgbouncerAdminUrl === undefined ? [] : [pgbouncerExporter(ports, addresses.pgbouncerAdminUrl)]),
  ];
}

function pgbouncerExporter(ports: ObserverPorts, adminUrl: string): Observer {
  return {
    name: 'pgbouncer-exporter',
    program: { command: process.execPath, environment: process.env },
    args: [`${repositoryFolder}/deploy/pgbouncer/exporter.ts`],
    environment: { PGBOUNCER_ADMIN_URL: adminUrl, PORT: String(ports.pgbouncer) },
    port: ports.pgbouncer,
    readyPath: '/',
    ours: true,
  };
}

/** The address of a Redis as the exporter names it: without its password. */
export function redisTarget(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

function redisPasswords({ redisCacheUrl, redisQueueUrl }: ServiceAddresses): string {
  return JSON.stringify(
    Object.fromEntries(
      [redisCacheUrl, redisQueueUrl].map((url) => [redisTarget(url), decodeURIComponent(new URL(url).password)]),
    ),
  );
}

/** The exporter's driver insists on TLS unless told otherwise; the local server has none. */
function withSslMode(url: string): string {
  const parsed = new URL(url);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(parsed.hostname);
  if (isLocal && !parsed.searchParams.has('sslmode')) parsed.searchParams.set('sslmode', 'disable');
  return parsed.href;
}
