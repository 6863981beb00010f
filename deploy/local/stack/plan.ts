import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { WantedPort } from '../host/ports.ts';
import { LaunchProblem } from '../launch-problem.ts';
import type { ObserverPorts } from '../observe/exporters.ts';
import type { ExternalServices, ServicePorts } from '../services/start-services.ts';

/** What this start brings up, by the command line and the environment. */
export interface Plan {
  readonly servicesOnly: boolean;
  /** Delete the local data first. */
  readonly fresh: boolean;
  /** Insert the demo data. Off for a database on another machine, unless asked for. */
  readonly demo: boolean;
  readonly apiProcesses: number;
  /** Runs in the background: the terminal gets its prompt back, and `npm stop` ends it. */
  readonly detached: boolean;
  /** Runs the sources: each process restarts when a file that it imports changes, and listens for a debugger. */
  readonly dev: boolean;
  /** Put nginx before the API. */
  readonly edge: boolean;
  /** Start Prometheus, Alertmanager and exporters beside the stack. */
  readonly observe: boolean;
  readonly observerPorts: ObserverPorts;
  /** Requests that the edge takes from one network. On one machine all clients are one network. */
  readonly edgeRequestsPerSecond: number;
  readonly servicePorts: ServicePorts;
  readonly ports: {
    readonly api: number;
    readonly operations: number;
    readonly workerOperations: number;
    readonly sandbox: number;
    readonly smtp: number;
    readonly edge: number;
    /** Inspector of the worker. The sandbox has the next port, API processes have the ports after it. Only open with `dev`. */
    readonly inspector: number;
  };
  readonly external: ExternalServices;
}

/** The help text. The bootstrap prints this file, too, before anything is installed. */
const usage = readFileSync(join(import.meta.dirname, '../usage.txt'), 'utf8').trimEnd();
const knownOptions = ['--fresh', '--services-only', '--demo', '--edge', '--observe', '--detach', '--dev'];

/**
 * Reads the command line and the environment.
 * @throws LaunchProblem when something in them makes no sense
 */
export function readPlan(args: readonly string[], environment: NodeJS.ProcessEnv): Plan {
  const unknown = args.filter((arg) => !knownOptions.includes(arg));
  if (unknown.length > 0) throw new LaunchProblem(`Unknown: ${unknown.join(' ')}\n${usage}`);
  if (environment['ENV'] === 'production') {
    throw new LaunchProblem(
      'ENV=production: this command is for trying the product on one machine, with demo users whose password is public.\nSee deploy/ for production.',
    );
  }
  const external = readExternal(environment);
  const port = (name: string, fallback: number) => readNumber(environment, name, fallback, 1, 65_535);
  return {
    servicesOnly: args.includes('--services-only'),
    fresh: args.includes('--fresh'),
    detached: args.includes('--detach'),
    demo: args.includes('--demo') || external.databaseUrl === undefined || isLoopback(external.databaseUrl),
    dev: args.includes('--dev'),
    edge: args.includes('--edge') && !args.includes('--services-only'),
    observe: args.includes('--observe') && !args.includes('--services-only'),
    observerPorts: readObserverPorts(port),
    edgeRequestsPerSecond: readNumber(environment, 'EDGE_REQUESTS_PER_SECOND', 2000, 1, 1_000_000),
    apiProcesses: readNumber(environment, 'API_PROCESSES', args.includes('--dev') ? 1 : availableParallelism(), 1, 64),
    servicePorts: {
      postgres: port('POSTGRES_PORT', 15_432),
      pgbouncer: port('PGBOUNCER_PORT', 16_432),
      redisCache: port('REDIS_CACHE_PORT', 16_379),
      redisQueue: port('REDIS_QUEUE_PORT', 16_380),
    },
    ports: {
      api: port('PORT', 3000),
      operations: port('OPERATIONS_PORT', 9100),
      workerOperations: port('WORKER_OPERATIONS_PORT', 9150),
      sandbox: port('SANDBOX_PORT', 4000),
      smtp: port('SANDBOX_SMTP_PORT', 2525),
      edge: port('EDGE_PORT', 8080),
      inspector: port('INSPECTOR_PORT', 9229),
    },
    external,
  };
}

/** Every port that must be free for this plan. */
export function portsOf({
  external,
  servicePorts,
  ports,
  servicesOnly,
  apiProcesses,
  dev,
  edge,
  observe,
  observerPorts,
}: Plan): readonly WantedPort[] {
  const ownDatabase = external.databaseUrl === undefined;
  const services = [
    ownDatabase && { port: servicePorts.postgres, variable: 'POSTGRES_PORT', use: 'Postgres' },
    ownDatabase && { port: servicePorts.pgbouncer, variable: 'PGBOUNCER_PORT', use: 'PgBouncer' },
    external.redisCacheUrl === undefined && {
      port: servicePorts.redisCache,
      variable: 'REDIS_CACHE_PORT',
      use: 'Redis (cache)',
    },
    external.redisQueueUrl === undefined && {
      port: servicePorts.redisQueue,
      variable: 'REDIS_QUEUE_PORT',
      use: 'Redis (queue)',
    },
  ].filter((one) => one !== false);
  if (servicesOnly) return services;
  const operations = Array.from({ length: apiProcesses }, (_, place) => ({
    port: ports.operations + place,
    variable: 'OPERATIONS_PORT',
    use: `operations of API process ${place + 1}`,
  }));
  const inspectors = Array.from({ length: dev ? apiProcesses + 2 : 0 }, (_, place) => ({
    port: ports.inspector + place,
    variable: 'INSPECTOR_PORT',
    use: `inspector ${place + 1}`,
  }));
  return [
    { port: ports.api, variable: 'PORT', use: 'the API' },
    ...(edge ? [{ port: ports.edge, variable: 'EDGE_PORT', use: 'the edge' }] : []),
    ...operations,
    ...inspectors,
    ...(observe ? observerPortsOf(observerPorts) : []),
    { port: ports.workerOperations, variable: 'WORKER_OPERATIONS_PORT', use: 'operations of the worker' },
    { port: ports.sandbox, variable: 'SANDBOX_PORT', use: 'the sandbox' },
    { port: ports.smtp, variable: 'SANDBOX_SMTP_PORT', use: "the sandbox's mail server" },
    ...services,
  ];
}

/** The exporters have five ports in a row. Not 9100 and up, where the operations ports are. */
function readObserverPorts(port: (name: string, fallback: number) => number): ObserverPorts {
  const first = port('EXPORTER_PORT', 9181);
  return {
    prometheus: port('PROMETHEUS_PORT', 9090),
    alertmanager: port('ALERTMANAGER_PORT', 9093),
    node: first,
    postgres: first + 1,
    redis: first + 2,
    pgbouncer: first + 3,
    blackbox: first + 4,
  };
}

function observerPortsOf({ prometheus, alertmanager, ...exporters }: ObserverPorts): readonly WantedPort[] {
  return [
    { port: prometheus, variable: 'PROMETHEUS_PORT', use: 'Prometheus' },
    { port: alertmanager, variable: 'ALERTMANAGER_PORT', use: 'Alertmanager' },
    ...Object.entries(exporters).map(([name, port]) => ({
      port,
      variable: 'EXPORTER_PORT',
      use: `the exporter of ${name}`,
    })),
  ];
}

function readExternal(environment: NodeJS.ProcessEnv): ExternalServices {
  const given = (name: string) => (environment[name] === '' ? undefined : environment[name]);
  const external = {
    databaseUrl: given('DATABASE_URL'),
    databaseDirectUrl: given('DATABASE_DIRECT_URL'),
    redisCacheUrl: given('REDIS_CACHE_URL'),
    redisQueueUrl: given('REDIS_QUEUE_URL'),
  };
  if (external.databaseDirectUrl !== undefined && external.databaseUrl === undefined) {
    throw new LaunchProblem('DATABASE_DIRECT_URL is given without DATABASE_URL. Give both, or neither.');
  }
  for (const name of ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'REDIS_CACHE_URL', 'REDIS_QUEUE_URL']) {
    const url = given(name);
    if (url !== undefined && !URL.canParse(url)) throw new LaunchProblem(`${name} is not a URL.`);
  }
  return external;
}

function readNumber(environment: NodeJS.ProcessEnv, name: string, fallback: number, min: number, max: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new LaunchProblem(`${name} must be a whole number from ${min} to ${max}.`);
  return value;
}

function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]', ''].includes(new URL(url).hostname);
}
