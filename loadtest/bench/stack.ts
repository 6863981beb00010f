import { join } from 'node:path';
import { freePort } from '../../deploy/local/host/ports.ts';
import { dataFolder, repositoryFolder } from '../../deploy/local/places.ts';
import { discardData } from '../../deploy/local/services/discard-data.ts';
import { type Services, startServices } from '../../deploy/local/services/start-services.ts';
import { migrate } from '../../drizzle/migrate.ts';
import { type OpenDb, openDb } from '../../src/platform/db.ts';
import { bundleBench } from './bundle.ts';

/** Postgres with fsync on, PgBouncer, Redis, migrated and empty: a place of its own for one bench. */
export type BenchStack = {
  readonly services: Services;
  readonly open: OpenDb;
  startApi(options: ApiOptions): Promise<BenchApi>;
  close(): Promise<void>;
};

export type ApiOptions = {
  readonly processes?: number;
  /** `group` is the product; `transaction` the control that places one order per interactive transaction. */
  readonly placement?: 'group' | 'transaction';
  readonly environment?: Readonly<Record<string, string>>;
};
export type BenchApi = { readonly port: number; readonly operationsPorts: readonly number[]; stop(): Promise<void> };

const say = (line: string) => process.stderr.write(`  ${line}\n`);

export async function startBenchStack(name: string): Promise<BenchStack> {
  const folder = join(dataFolder, `bench-${name}-${process.pid}`);
  say('starting Postgres, PgBouncer and Redis');
  const services = await startServices({ dataFolder: folder, ports: 'free', durable: true });
  const { addresses } = services;
  await migrate({ url: addresses.databaseDirectUrl });
  say('bundling the API');
  const script = await bundleBench();
  const open = openDb({
    url: addresses.databaseUrl,
    name: 'bench',
    poolSize: 4,
    acquireTimeoutMs: 30_000,
    callTimeoutMs: 60_000,
    prepare: false,
  });
  let made = 0;

  const startApi = async (options: ApiOptions): Promise<BenchApi> => {
    const port = await freePort();
    const processes = options.processes ?? 1;
    const operationsPorts: number[] = [];
    const children: { stop(): Promise<void> }[] = [];
    for (let place = 0; place < processes; place += 1) {
      const operationsPort = await freePort();
      operationsPorts.push(operationsPort);
      made += 1;
      const child = await services.supervisor.start({
        name: `api-${made}`,
        command: process.execPath,
        args: [script],
        folder: repositoryFolder,
        environment: {
          PATH: process.env['PATH'],
          ENV: 'test',
          LOG_LEVEL: 'warn',
          HOST: '127.0.0.1',
          PORT: String(port),
          OPERATIONS_PORT: String(operationsPort),
          API_PROCESSES: String(Math.max(2, processes)),
          TRUSTED_PROXIES: '127.0.0.1',
          DATABASE_URL: addresses.databaseUrl,
          DATABASE_DIRECT_URL: addresses.databaseDirectUrl,
          REDIS_CACHE_URL: addresses.redisCacheUrl,
          REDIS_QUEUE_URL: addresses.redisQueueUrl,
          JWT_SECRET: 'bench-jwt-secret-bench-jwt-secret-01',
          ORDER_TOKEN_SECRET: 'bench-order-token-secret-bench-order-02',
          HASH_SECRET: 'bench-hash-secret-bench-hash-secret-03',
          ENCRYPTION_KEY: 'ab'.repeat(32),
          REQUESTS_PER_MINUTE_PER_NETWORK: '10000000',
          ORDERS_PER_MINUTE_PER_NETWORK: '10000000',
          // No worker runs here, so that staged payments pile up: orders must not be refused for that.
          MIDTRANS_CREATES_PER_SECOND: '10000',
          BENCH_PLACEMENT: options.placement ?? 'group',
          ...options.environment,
        },
        stopSteps: [['SIGTERM', 12_000]],
        readyDeadlineMs: 30_000,
        isReady: async () =>
          (await fetch(`http://127.0.0.1:${operationsPort}/readyz`, { signal: AbortSignal.timeout(2000) })).ok,
      });
      children.push(child);
    }
    return { port, operationsPorts, stop: async () => void (await Promise.all(children.map((child) => child.stop()))) };
  };

  return {
    services,
    open,
    startApi,
    close: async () => {
      await open.close();
      await services.stop();
      await discardData(folder);
    },
  };
}
