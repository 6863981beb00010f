/** The secrets of services under test. */
export const testSecrets = {
  JWT_SECRET: 'test-only-jwt-secret-0123456789abcdef01',
  ORDER_TOKEN_SECRET: 'test-only-order-token-secret-0123456789',
  QUEUE_TOKEN_SECRET: 'test-only-queue-token-secret-0123456789',
  HASH_SECRET: 'test-only-hash-secret-0123456789abcdef02',
  ENCRYPTION_KEY: 'ab'.repeat(32),
};

/** The environment of a silent service on this database and Redis. */
export function testEnvironment(
  database: { readonly url: string; readonly preparedStatements: boolean },
  redis: { cacheUrl: string; queueUrl: string },
) {
  return {
    ...testSecrets,
    ENV: 'test',
    LOG_LEVEL: 'silent',
    // Tests keep all processors busy, and wait for the worker.
    WORKER_NICENESS: '0',
    DATABASE_URL: database.url,
    // As production has it.
    DATABASE_PREPARE: String(database.preparedStatements),
    REDIS_CACHE_URL: redis.cacheUrl,
    REDIS_QUEUE_URL: redis.queueUrl,
  };
}

/** The addresses of the outside world as this sandbox plays it. */
export function sandboxEnvironment({ url, smtpUrl }: { readonly url: string; readonly smtpUrl: string }) {
  return {
    SMTP_URL: smtpUrl,
    MIDTRANS_SNAP_URL: `${url}/midtrans`,
    MIDTRANS_API_URL: `${url}/midtrans`,
    WHATSAPP_GRAPH_URL: `${url}/graph`,
  };
}
