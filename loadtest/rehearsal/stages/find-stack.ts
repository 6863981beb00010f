import { join } from 'node:path';
import { readLedger } from '../../../deploy/local/host/ledger.ts';
import { isAlive } from '../../../deploy/local/host/process-identity.ts';
import { dataFolder } from '../../../deploy/local/places.ts';
import type { Parts } from '../../bench/harness/processors.ts';
import { stackEnvironment } from '../../running-stack.ts';
import { RehearsalRefused } from '../options.ts';

/** The stack that a rehearsal runs on. */
export type RehearsalStack = {
  /** The buyers' address: nginx if it runs, otherwise the API. */
  readonly url: string;
  readonly port: number;
  readonly hasEdge: boolean;
  readonly sandboxUrl: string;
  readonly databaseUrl: string;
  readonly queueTokenSecret: string;
  readonly hashSecret: string;
  /** Ports of all API processes and the worker, with their metrics. */
  readonly operationsPorts: readonly number[];
  readonly apiProcesses: number;
  parts(): Parts;
};

type Environment = Readonly<Record<string, string | undefined>>;
type Child = { readonly name: string; readonly pid: number };

const gatewayAddresses = ['MIDTRANS_SNAP_URL', 'MIDTRANS_API_URL'] as const;
const needed = ['API_URL', 'SANDBOX_URL', 'DATABASE_URL', 'QUEUE_TOKEN_SECRET', 'HASH_SECRET', 'PUBLIC_URL'] as const;
/** Processes by part, with the names of the bench's mix. */
const partNames = [
  [/^api-\d+$/, 'API'],
  [/^worker$/, 'worker'],
  [/^postgres$/, 'Postgres'],
  [/^pgbouncer$/, 'PgBouncer'],
  [/^redis-/, 'Redis'],
  [/^nginx$/, 'nginx'],
  [/^sandbox$/, 'outside'],
] as const;

/** @throws RehearsalRefused if no stack runs from this folder, or a rehearsal must not run on it */
export function findStack(): RehearsalStack {
  const ledger = readLedger(join(dataFolder, 'stack.json'));
  const children = (ledger?.children ?? []).filter(isAlive);
  return stackOf({ ...process.env, ...stackEnvironment() }, children);
}

/**
 * The stack, according to its environment and processes.
 * @throws RehearsalRefused
 */
export function stackOf(environment: Environment, children: readonly Child[]): RehearsalStack {
  const apiProcesses = children.filter(({ name }) => /^api-\d+$/.test(name)).length;
  if (apiProcesses === 0 || needed.some((name) => environment[name] === undefined))
    throw new RehearsalRefused(
      'antre does not run from this folder. Start it with npm start in another terminal first.',
    );
  requireNoRealSale(environment);
  const value = (name: string) => environment[name] ?? '';
  const url = value('PUBLIC_URL');
  const first = Number(value('OPERATIONS_PORT'));
  return {
    url,
    port: Number(new URL(url).port),
    hasEdge: children.some(({ name }) => name === 'nginx'),
    sandboxUrl: value('SANDBOX_URL'),
    databaseUrl: value('DATABASE_URL'),
    queueTokenSecret: value('QUEUE_TOKEN_SECRET'),
    hashSecret: value('HASH_SECRET'),
    operationsPorts: [
      ...Array.from({ length: apiProcesses }, (_, place) => first + place),
      Number(value('WORKER_OPERATIONS_PORT')),
    ],
    apiProcesses,
    parts: () => partsOf(children),
  };
}

/** At a public address real people buy, and at a real gateway real money moves. */
function requireNoRealSale(environment: Environment): void {
  if (environment['ENV'] === 'production')
    throw new RehearsalRefused('ENV=production: a rehearsal sells thousands of orders. Run it on a staging copy.');
  const address = environment['PUBLIC_URL'] ?? '';
  if (!URL.canParse(address) || !['localhost', '127.0.0.1'].includes(new URL(address).hostname))
    throw new RehearsalRefused(
      `PUBLIC_URL is ${address}, where people may buy. A rehearsal runs on this machine only.`,
    );
  const sandbox = `${environment['SANDBOX_URL']}/`;
  for (const name of gatewayAddresses) {
    const gateway = environment[name];
    if (gateway?.startsWith(sandbox) === true) continue;
    throw new RehearsalRefused(
      `${name} is ${gateway ?? 'not set'}, which is not the sandbox. A rehearsal pays its orders.`,
    );
  }
}

function partsOf(children: readonly Child[]): Parts {
  const parts: Record<string, number[]> = {};
  for (const { name, pid } of children) {
    const part = partNames.find(([pattern]) => pattern.test(name))?.[1];
    if (part !== undefined) (parts[part] ??= []).push(pid);
  }
  return parts;
}
