import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../deploy/local/host/ports.ts';
import { testStack } from '../services/stack.ts';
import { until } from '../until.ts';
import { testSecrets } from './environment.ts';
import { testPrograms } from './test-programs.ts';

/** The API as deployed: a process of its own on its own ports. */
export type ApiProcess = {
  readonly port: number;
  readonly operationsPort: number;
  readonly pid: number;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  operations(path: string, init?: RequestInit): Promise<Response>;
  /** SIGKILL. */
  kill(): Promise<void>;
};

export const operationsToken = 'test-only-operations-token-0123456789abc';

const readyWithinMs = 50_000;

export async function startApiProcess(
  urls: { databaseUrl: string; cacheUrl: string; queueUrl: string },
  environment: Readonly<Record<string, string>> = {},
): Promise<ApiProcess> {
  const [port, operationsPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [testPrograms().api], {
    env: {
      NODE_COMPILE_CACHE: testPrograms().compileCache,
      ENV: 'test',
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      PORT: String(port),
      OPERATIONS_PORT: String(operationsPort),
      OPERATIONS_TOKEN: operationsToken,
      DATABASE_URL: urls.databaseUrl,
      DATABASE_PREPARE: String(testStack().preparedStatements),
      REDIS_CACHE_URL: urls.cacheUrl,
      REDIS_QUEUE_URL: urls.queueUrl,
      ...testSecrets,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = gather(child);
  const operations = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${operationsPort}${path}`, init);
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`the API process ended: ${said()}`);
    return (await operations('/readyz').catch(() => undefined))?.status === 200;
  }, readyWithinMs);
  return {
    port,
    operationsPort,
    pid: child.pid ?? 0,
    fetch: (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init),
    operations,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function gather(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}
