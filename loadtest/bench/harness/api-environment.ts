import type { Services } from '../../../deploy/local/services/start-services.ts';

export type ApiOptions = {
  readonly processes?: number;
  /** Pins this process to a core of its own, and everything else to the others. */
  readonly tied?: boolean;
  /** `grouped` is the product; `one_by_one` is the control, which writes each order, scan or callback by itself. */
  readonly writes?: 'grouped' | 'one_by_one';
  /** `off` accepts every request: no shedder, no adaptive limit. Lanes and pools stay bounded. */
  readonly shedding?: 'on' | 'off';
  readonly environment?: Readonly<Record<string, string>>;
};

/**
 * The environment of an API process: as the local stack sets it, with every limit at its default. One thing differs: no
 * worker runs in a bench, so the payments that orders stage pile up, and orders must not be refused for that.
 */
export function apiEnvironment(options: {
  addresses: Services['addresses'];
  port: number;
  operationsPort: number;
  processes: number;
  api: ApiOptions;
}): NodeJS.ProcessEnv {
  const { addresses, api } = options;
  return {
    PATH: process.env['PATH'],
    ENV: 'test',
    LOG_LEVEL: 'warn',
    HOST: '127.0.0.1',
    PORT: String(options.port),
    OPERATIONS_PORT: String(options.operationsPort),
    API_PROCESSES: String(Math.max(2, options.processes)),
    TRUSTED_PROXIES: '127.0.0.1',
    DATABASE_URL: addresses.databaseUrl,
    DATABASE_PREPARE: String(addresses.preparedStatements),
    REDIS_CACHE_URL: addresses.redisCacheUrl,
    REDIS_QUEUE_URL: addresses.redisQueueUrl,
    JWT_SECRET: 'bench-jwt-secret-bench-jwt-secret-01',
    ORDER_TOKEN_SECRET: benchOrderTokenSecret,
    QUEUE_TOKEN_SECRET: benchQueueTokenSecret,
    HASH_SECRET: benchHashSecret,
    ENCRYPTION_KEY: benchEncryptionKey,
    MIDTRANS_CREATES_PER_SECOND: '10000',
    BENCH_WRITES: api.writes ?? 'grouped',
    BENCH_SHEDDING: api.shedding ?? 'on',
    ...api.environment,
  };
}

export const benchOrderTokenSecret = 'bench-order-token-secret-bench-order-02';
export const benchQueueTokenSecret = 'bench-queue-token-secret-bench-queue-04';
export const benchHashSecret = 'bench-hash-secret-bench-hash-secret-03';
export const benchEncryptionKey = 'ab'.repeat(32);
