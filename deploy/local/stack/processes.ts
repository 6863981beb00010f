import type { ChildSpec } from '../host/child.ts';
import { repositoryFolder } from '../places.ts';
import { bundles } from './bundle.ts';
import { sandboxEnvironment } from './environment.ts';
import { nodeArguments } from './node-arguments.ts';
import type { Plan } from './plan.ts';

const readyDeadlineMs = 30_000;
const probeDeadlineMs = 2000;
/** A little more than the processes allow themselves to finish their work. */
const stopDeadlineMs = 12_000;

/** The outside world, in one process. */
export function sandboxProcess(plan: Plan, given: NodeJS.ProcessEnv): ChildSpec {
  const environment = sandboxEnvironment(plan, given);
  const readyUrl = `http://127.0.0.1:${plan.ports.sandbox}/healthz`;
  return nodeProcess('sandbox', [...devArguments(plan, 1), 'sandbox/main.ts'], environment, readyUrl);
}

/** The API, one process for each core; the system spreads connections over them, since they listen on one port. */
export function apiProcesses(plan: Plan, product: NodeJS.ProcessEnv): readonly ChildSpec[] {
  return Array.from({ length: plan.apiProcesses }, (_, place) => {
    const port = plan.ports.operations + place;
    const program = programOf(plan, bundles.api, place + 2);
    return nodeProcess(`api-${place + 1}`, program, ofService(product, port), `http://127.0.0.1:${port}/readyz`);
  });
}

export function workerProcess(plan: Plan, product: NodeJS.ProcessEnv): ChildSpec {
  const port = plan.ports.workerOperations;
  const program = programOf(plan, bundles.worker, 0);
  return nodeProcess('worker', program, ofService(product, port), `http://127.0.0.1:${port}/readyz`);
}

/** As in production, the service does not get the credentials of the owner of the tables. */
function ofService(product: NodeJS.ProcessEnv, operationsPort: number): NodeJS.ProcessEnv {
  return { ...product, DATABASE_DIRECT_URL: undefined, OPERATIONS_PORT: String(operationsPort) };
}

/** The bundle, without `--enable-source-maps`: reading the maps costs each process 70 to 110 MiB. In development the source. */
function programOf(plan: Plan, bundled: { entry: string; file: string }, inspector: number): readonly string[] {
  return plan.dev ? [...devArguments(plan, inspector), bundled.entry] : [bundled.file];
}

function devArguments({ dev, ports }: Plan, inspector: number): readonly string[] {
  if (!dev) return [];
  return [
    '--watch',
    '--watch-preserve-output',
    '--enable-source-maps',
    `--inspect=127.0.0.1:${ports.inspector + inspector}`,
  ];
}

/** @param program what follows Node's own arguments; paths are from the root of the repository */
function nodeProcess(
  name: string,
  program: readonly string[],
  environment: NodeJS.ProcessEnv,
  readyUrl: string,
): ChildSpec {
  return {
    name,
    command: process.execPath,
    args: [...nodeArguments, ...program],
    environment,
    folder: repositoryFolder,
    stopSteps: [['SIGTERM', stopDeadlineMs]],
    readyDeadlineMs,
    isReady: async () => (await fetch(readyUrl, { signal: AbortSignal.timeout(probeDeadlineMs) })).ok,
  };
}
