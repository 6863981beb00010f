import { rmSync, writeFileSync } from 'node:fs';
import { findNginx } from '../binaries/find-servers.ts';
import { chooseAccount } from '../host/account.ts';
import { reachableFolder } from '../host/reachable-folder.ts';
import type { Watched } from '../observe/ask-prometheus.ts';
import { startObservers } from '../observe/start-observers.ts';
import { dataFolder, environmentFile } from '../places.ts';
import { type Say, step } from '../progress.ts';
import { startNginx } from '../services/start-nginx.ts';
import { type Services, startServices } from '../services/start-services.ts';
import { bundle } from './bundle.ts';
import { alertSession, productEnvironment } from './environment.ts';
import type { Plan } from './plan.ts';
import { apiProcesses, sandboxProcess, workerProcess } from './processes.ts';
import { runScript } from './run-script.ts';

const sandboxDeadlineMs = 5000;

/** What runs after the start. */
export interface Running {
  readonly services: Services;
  /** What Prometheus said after the first scrapes, if it was wanted. */
  readonly watched?: Watched;
}

/**
 * Brings everything up: services, sandbox, migrations, demo data, API processes, worker, and the edge and the observers if wanted.
 * @param stopSignal gives up at once when it fires; what runs by then is stopped
 * @throws LaunchProblem with what to do
 */
export async function bringUp(
  plan: Plan,
  given: NodeJS.ProcessEnv,
  say: Say,
  stopSignal: AbortSignal,
): Promise<Running> {
  const bundling = plan.servicesOnly || plan.dev ? undefined : step(say, 'the API and the worker bundled', bundle);
  // Awaited below, after the services: until then a failure must not count as unhandled.
  bundling?.catch(() => {});
  const services = await startServices({
    dataFolder,
    ports: plan.servicePorts,
    durable: true,
    restart: true,
    external: plan.external,
    say,
    stopSignal,
  });
  try {
    const product = await productEnvironment(plan, services.addresses, given);
    writeFileSync(environmentFile, JSON.stringify({ ...ownPart(product, given), ...addressesOf(plan) }, null, 2), {
      mode: 0o600,
    });
    await step(say, 'database migrated', () => runScript('migrate', 'drizzle/migrate.ts', [], product));
    if (plan.servicesOnly) return { services };
    await settle([
      bundling,
      step(say, `sandbox on 127.0.0.1:${plan.ports.sandbox}`, () =>
        services.supervisor.start(sandboxProcess(plan, given)),
      ),
      plan.demo && step(say, 'demo data', () => runScript('seed', 'drizzle/seed.ts', ['--demo'], product)),
    ]);
    const processes = [...apiProcesses(plan, product), workerProcess(plan, product)];
    await settle(processes.map((spec) => step(say, `${spec.name} ready`, () => services.supervisor.start(spec))));
    if (plan.edge) await startEdge(plan, services, say);
    return plan.observe ? { services, watched: await watch(plan, services, product, say) } : { services };
  } catch (error) {
    await takeDown(services);
    throw error;
  }
}

async function startEdge(plan: Plan, { supervisor }: Services, say: Say): Promise<void> {
  const { ports, apiProcesses, edgeRequestsPerSecond: requestsPerSecond } = plan;
  const account = chooseAccount();
  const context = { account, folder: reachableFolder(dataFolder, account), supervisor };
  const program = await findNginx(account, say);
  await step(say, `nginx on 127.0.0.1:${ports.edge}`, () =>
    startNginx(context, program, { port: ports.edge, apiPort: ports.api, apiProcesses, requestsPerSecond }),
  );
}

async function watch(
  plan: Plan,
  { supervisor, addresses }: Services,
  product: NodeJS.ProcessEnv,
  say: Say,
): Promise<Watched> {
  const account = chooseAccount();
  const { ports, observerPorts, apiProcesses } = plan;
  await connectAlertSession(ports.sandbox);
  const outside = `http://127.0.0.1:${plan.edge ? ports.edge : ports.api}/v1/events`;
  return startObservers(
    { account, folder: reachableFolder(dataFolder, account), supervisor },
    {
      ports: observerPorts,
      addresses,
      api: Array.from({ length: apiProcesses }, (_, place) => ports.operations + place),
      worker: ports.workerOperations,
      smtpPort: ports.smtp,
      operationsToken: product['OPERATIONS_TOKEN'] ?? '',
      probes: [{ targets: [outside], labels: { part: 'edge', module: 'http' } }],
    },
    say,
  );
}

/** Connects the phone by which operators hear of alerts in the sandbox. */
async function connectAlertSession(sandboxPort: number): Promise<void> {
  const { name, apiKey: secret, hmacKey } = alertSession;
  const answer = await fetch(`http://127.0.0.1:${sandboxPort}/control/gateways/waha/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret, hmacKey }),
    signal: AbortSignal.timeout(sandboxDeadlineMs),
  });
  if (!answer.ok) throw new Error(`the sandbox answers ${answer.status}`);
}

/** Stops everything, newest first. */
export async function takeDown(services: Services): Promise<void> {
  await services.stop();
  rmSync(environmentFile, { force: true });
}

/** Where the tools of another terminal find this stack. */
function addressesOf({ ports, observe, observerPorts }: Plan): NodeJS.ProcessEnv {
  return {
    ...(observe ? { PROMETHEUS_URL: `http://127.0.0.1:${observerPorts.prometheus}` } : {}),
    API_URL: `http://localhost:${ports.api}`,
    SANDBOX_URL: `http://127.0.0.1:${ports.sandbox}`,
    OPERATIONS_PORT: String(ports.operations),
    WORKER_OPERATIONS_PORT: String(ports.workerOperations),
  };
}

/** What this stack adds to the environment that it was started in. */
function ownPart(product: NodeJS.ProcessEnv, given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(product).filter(([name, value]) => given[name] !== value));
}

/** Waits for all, then throws the first failure: nothing may still be starting while the rest is stopped. */
async function settle(acts: readonly unknown[]): Promise<void> {
  for (const result of await Promise.allSettled(acts)) if (result.status === 'rejected') throw result.reason;
}
