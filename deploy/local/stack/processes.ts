import { join } from 'node:path';
import type { ChildSpec } from '../host/child.ts';
import { repositoryFolder } from '../places.ts';
import { bundles } from './bundle.ts';
import { sandboxEnvironment } from './environment.ts';
import { nodeArguments } from './node-arguments.ts';
import type { Plan } from './plan.ts';

const readyDeadlineMs = 30_000;
const probeDeadlineMs = 2000;
/** A little more than the processes give themselves to finish what they have begun. */
const stopDeadlineMs = 12_000;

/** The outside world, in one process. */
export function sandboxProcess(plan: Plan, given: NodeJS.ProcessEnv): ChildSpec {
  const script = join(repositoryFolder, 'sandbox/main.ts');
  return nodeProcess(
    'sandbox',
    script,
    sandboxEnvironment(plan, given),
    `http://127.0.0.1:${plan.ports.sandbox}/healthz`,
  );
}

/** The API, one process for each core; the system spreads connections over them, since they listen on one port. */
export function apiProcesses(plan: Plan, product: NodeJS.ProcessEnv): readonly ChildSpec[] {
  return Array.from({ length: plan.apiProcesses }, (_, place) => {
    const operationsPort = plan.ports.operations + place;
    const environment = { ...ofService(product), OPERATIONS_PORT: String(operationsPort) };
    return nodeProcess(`api-${place + 1}`, bundles.api.file, environment, `http://127.0.0.1:${operationsPort}/readyz`);
  });
}

export function workerProcess(plan: Plan, product: NodeJS.ProcessEnv): ChildSpec {
  const port = plan.ports.workerOperations;
  const environment = { ...ofService(product), OPERATIONS_PORT: String(port) };
  return nodeProcess('worker', bundles.worker.file, environment, `http://127.0.0.1:${port}/readyz`);
}

/** As in production, the service does not get the credentials of the owner of the tables. */
function ofService(product: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...product, DATABASE_DIRECT_URL: undefined };
}

function nodeProcess(name: string, script: string, environment: NodeJS.ProcessEnv, readyUrl: string): ChildSpec {
  return {
    name,
    command: process.execPath,
    // Without --enable-source-maps: reading the maps costs each process 70 to 110 MiB.
    args: [...nodeArguments, script],
    environment,
    folder: repositoryFolder,
    stopSteps: [['SIGTERM', stopDeadlineMs]],
    readyDeadlineMs,
    isReady: async () => (await fetch(readyUrl, { signal: AbortSignal.timeout(probeDeadlineMs) })).ok,
  };
}
