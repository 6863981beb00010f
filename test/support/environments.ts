import { createHash } from 'node:crypto';
import { ConfigError, loadConfig } from '../../src/config.ts';

/** As random as what openssl makes, and the same in each run. */
export const random = (name: string) => createHash('sha256').update(name).digest('hex');

export const development = {
  DATABASE_URL: 'postgres://antre_app:a@127.0.0.1:6432/antre',
  REDIS_CACHE_URL: 'redis://127.0.0.1:6379',
  REDIS_QUEUE_URL: 'redis://127.0.0.1:6380',
  JWT_SECRET: random('sessions'),
  ORDER_TOKEN_SECRET: random('orders'),
  QUEUE_TOKEN_SECRET: random('queue'),
  HASH_SECRET: random('hashes'),
  ENCRYPTION_KEY: random('encryption'),
};
export const production = {
  ...development,
  ENV: 'production',
  PUBLIC_URL: 'https://tickets.example.com',
  OPERATIONS_TOKEN: random('operations'),
  FILES_DIR: '/var/lib/antre/reports',
  SMTP_URL: 'smtps://user:pw@mail.example.com:465',
  MAIL_FROM: 'antre <tickets@tickets.example.com>',
  CORS_ALLOW_ORIGINS: 'https://tickets.example.com',
};

export const s3 = {
  S3_ENDPOINT: 'https://s3.example.com',
  S3_BUCKET: 'reports',
  S3_ACCESS_KEY_ID: 'antre',
  S3_SECRET_ACCESS_KEY: random('s3'),
};

export type Environment = Record<string, string | undefined>;

/** The faults by which the configuration is refused; none if it is accepted. */
export function faultsOf(environment: Environment): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}
