import type { Plugin } from 'esbuild';
import { freePort } from '../../../deploy/local/host/ports.ts';
import type { Supervised } from '../../../deploy/local/host/supervisor.ts';
import { repositoryFolder } from '../../../deploy/local/places.ts';
import { nodeArguments } from '../../../deploy/local/stack/node-arguments.ts';
import { apiEnvironment } from '../harness/api-environment.ts';
import { bundleWorker } from '../harness/bundle.ts';
import type { BenchOptions } from '../harness/options.ts';
import { profileFolder } from '../harness/profile.ts';
import type { BenchStack } from '../harness/stack.ts';

/** Starts this many of the product's workers. A single one has the core of a single API process. */
export async function startWorkers(
  stack: BenchStack,
  { profile }: BenchOptions,
  {
    count,
    environment,
    plugins = [],
  }: {
    readonly count: number;
    readonly environment: Readonly<Record<string, string>>;
    /** Change the worker while it is bundled. */
    readonly plugins?: readonly Plugin[];
  },
): Promise<Supervised[]> {
  const { addresses, supervisor } = stack.services;
  const script = await bundleWorker(plugins);
  const started: Supervised[] = [];
  for (let number = 1; number <= count; number += 1) {
    const operationsPort = await freePort();
    const shared = apiEnvironment({ addresses, port: await freePort(), operationsPort, processes: 1, api: {} });
    const worker = await supervisor.start({
      name: `worker-${count}-${number}`,
      command: process.execPath,
      args: [...nodeArguments, ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : []), script],
      folder: repositoryFolder,
      environment: { ...shared, ...environment },
      stopSteps: [['SIGTERM', 12_000]],
      readyDeadlineMs: 30_000,
      isReady: async () =>
        (await fetch(`http://127.0.0.1:${operationsPort}/readyz`, { signal: AbortSignal.timeout(2000) })).ok,
    });
    stack.pinApi(worker.pid(), count);
    started.push(worker);
  }
  return started;
}
