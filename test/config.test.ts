import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConfigError, demoSecretMarker, loadConfig, variables } from '../src/config.ts';

/** Guards that the service starts with a configuration that is right as a whole, or says everything that is wrong with it. */

const development = {
  DATABASE_URL: 'postgres://antre_app:a@127.0.0.1:6432/antre',
  REDIS_CACHE_URL: 'redis://127.0.0.1:6379',
  REDIS_QUEUE_URL: 'redis://127.0.0.1:6380',
  JWT_SECRET: 'j'.repeat(32),
  ORDER_TOKEN_SECRET: 'o'.repeat(32),
  QUEUE_TOKEN_SECRET: 'q'.repeat(32),
  HASH_SECRET: 'h'.repeat(32),
  ENCRYPTION_KEY: '0123456789abcdef'.repeat(4),
};
const production = {
  ...development,
  ENV: 'production',
  PUBLIC_URL: 'https://tickets.example.com',
  DATABASE_DIRECT_URL: 'postgres://antre_owner:a@127.0.0.1:5432/antre',
  OPERATIONS_TOKEN: 't'.repeat(32),
  CORS_ALLOW_ORIGINS: 'https://tickets.example.com',
};

type Environment = Record<string, string | undefined>;

function faultsOf(environment: Environment): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}
const without = (environment: Environment, name: string): Environment => ({ ...environment, [name]: undefined });

describe('a configuration that is right', () => {
  test('has its defaults, its units in its names, and cannot be changed', () => {
    const config = loadConfig(development);
    expect(config).toMatchObject({
      ENV: 'development',
      PORT: 3000,
      OPERATIONS_HOST: '127.0.0.1',
      DATABASE_PREPARE: false,
      HOLD_JITTER_SECONDS: 60,
      TRUSTED_PROXIES: [],
      RELAY_JOBS_MAX: 50_000,
    });
    expect(Object.isFrozen(config)).toBe(true);
    expect(config.OPERATIONS_TOKEN).toBeUndefined();
  });

  test('reads numbers, switches and lists; what is empty counts as not set', () => {
    const config = loadConfig({
      ...development,
      PORT: '8080',
      DATABASE_PREPARE: 'true',
      TRUSTED_PROXIES: ' 10.0.0.0/8, 2001:db8::/32 ,192.0.2.7,',
      CORS_ALLOW_ORIGINS: 'https://a.example,http://localhost:5173',
      PUBLIC_URL: 'https://tickets.example.com/',
      LOG_LEVEL: '',
      OPERATIONS_PORT: ' ',
      DATABASE_REPLICA_URL: '',
    });
    expect(config).toMatchObject({
      PORT: 8080,
      DATABASE_PREPARE: true,
      TRUSTED_PROXIES: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'],
      CORS_ALLOW_ORIGINS: ['https://a.example', 'http://localhost:5173'],
      PUBLIC_URL: 'https://tickets.example.com',
      LOG_LEVEL: 'info',
      OPERATIONS_PORT: 9100,
    });
    expect(config.DATABASE_REPLICA_URL).toBeUndefined();
  });

  test('makes a production', () => {
    expect(loadConfig(production).ENV).toBe('production');
  });
});

describe('a configuration that is wrong', () => {
  test('is refused with every fault at once, each by its variable, none with its value', () => {
    const wrong = {
      ENV: 'staging',
      LOG_LEVEL: 'chatty',
      PORT: '70000',
      API_PROCESSES: '1.5',
      DATABASE_URL: 'mysql://secret-value@host/db',
      DATABASE_PREPARE: 'yes',
      REDIS_CACHE_URL: 'secret-value',
      JWT_SECRET: 'secret-value',
      ENCRYPTION_KEY: 'SECRET-VALUE',
      TRUSTED_PROXIES: '10.0.0.0/8, secret-value',
      CORS_ALLOW_ORIGINS: 'https://a.example/secret-value',
      SMTP_URL: 'https://secret-value',
      WHATSAPP_GRAPH_VERSION: 'secret-value',
      HOLD_JITTER_SECONDS: 'secret-value',
    };
    const missing = ['REDIS_QUEUE_URL', 'ORDER_TOKEN_SECRET', 'QUEUE_TOKEN_SECRET', 'HASH_SECRET'];
    const faults = faultsOf(wrong);
    expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual([...Object.keys(wrong), ...missing].sort());
    for (const name of missing) expect(faults).toContain(`${name}: is required`);
    expect(faults.join('\n')).not.toMatch(/secret-value/i);
    for (const fault of faults) expect(new ConfigError(faults).message).toContain(fault);
  });

  test('in production, beside what production refuses', () => {
    const faults = faultsOf({
      ...production,
      PORT: 'x',
      CORS_ALLOW_ORIGINS: '*',
      JWT_SECRET: 'short',
      OPERATIONS_TOKEN: '',
    });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'PORT',
      'JWT_SECRET',
      'CORS_ALLOW_ORIGINS',
      'OPERATIONS_TOKEN',
    ]);
  });
});

const refusals: readonly (readonly [about: string, change: Environment, names: string])[] = [
  ['a demo secret for sessions', { JWT_SECRET: `${demoSecretMarker}${'j'.repeat(32)}` }, 'JWT_SECRET'],
  [
    'a demo secret for order links',
    { ORDER_TOKEN_SECRET: `${demoSecretMarker}${'o'.repeat(32)}` },
    'ORDER_TOKEN_SECRET',
  ],
  [
    'a demo secret for the waiting room',
    { QUEUE_TOKEN_SECRET: `${demoSecretMarker}${'q'.repeat(32)}` },
    'QUEUE_TOKEN_SECRET',
  ],
  ['a demo secret for hashes', { HASH_SECRET: `${demoSecretMarker}${'h'.repeat(32)}` }, 'HASH_SECRET'],
  ['a demo key for secrets at rest', { ENCRYPTION_KEY: '0'.repeat(64) }, 'ENCRYPTION_KEY'],
  [
    'one secret for two purposes',
    { HASH_SECRET: production.JWT_SECRET },
    'JWT_SECRET, ORDER_TOKEN_SECRET, QUEUE_TOKEN_SECRET, HASH_SECRET',
  ],
  ['a session secret shorter than 32 characters', { JWT_SECRET: 'j'.repeat(31) }, 'JWT_SECRET'],
  ['any page that calls the API', { CORS_ALLOW_ORIGINS: 'https://a.example, *' }, 'CORS_ALLOW_ORIGINS'],
  ['plain http for buyers', { PUBLIC_URL: 'http://tickets.example.com' }, 'PUBLIC_URL'],
  ['no way past PgBouncer', { DATABASE_DIRECT_URL: undefined }, 'DATABASE_DIRECT_URL'],
  ['no token for operators', { OPERATIONS_TOKEN: undefined }, 'OPERATIONS_TOKEN'],
  ['one Redis in both roles', { REDIS_QUEUE_URL: production.REDIS_CACHE_URL }, 'REDIS_CACHE_URL, REDIS_QUEUE_URL'],
  [
    'one Redis in both roles, as another database with another password',
    { REDIS_CACHE_URL: 'redis://127.0.0.1', REDIS_QUEUE_URL: 'rediss://user:other@127.0.0.1:6379/5' },
    'REDIS_CACHE_URL, REDIS_QUEUE_URL',
  ],
  ['plain http to the payment page', { MIDTRANS_SNAP_URL: 'http://sandbox:4000/midtrans' }, 'MIDTRANS_SNAP_URL'],
  ['plain http to the gateway', { MIDTRANS_API_URL: 'http://sandbox:4000/midtrans' }, 'MIDTRANS_API_URL'],
  ['plain http to WhatsApp', { WHATSAPP_GRAPH_URL: 'http://sandbox:4000/graph' }, 'WHATSAPP_GRAPH_URL'],
];

describe('production refuses', () => {
  test.each(refusals)('%s', (_about, change, names) => {
    const faults = faultsOf({ ...production, ...change });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([names]);
  });

  test('none of it elsewhere, so that a stack on one machine needs no secrets', () => {
    const short = refusals.filter(([about]) => !about.includes('shorter'));
    for (const [, change] of short) expect(faultsOf({ ...production, ...change, ENV: 'development' })).toEqual([]);
    expect(faultsOf(without(development, 'JWT_SECRET'))).toEqual(['JWT_SECRET: is required']);
  });
});

describe('deploy/env.example', () => {
  const lines = readFileSync('deploy/env.example', 'utf8').split('\n');
  const shown = lines.flatMap((line) => {
    const [, commented, name, value] = /^(# )?([A-Z][A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, value: value ?? '', isDefault: commented !== undefined }];
  });

  test('lists every variable in the order of the code', () => {
    expect(shown.map(({ name }) => name)).toEqual(Object.keys(variables.shape));
  });

  test('shows the default of each that is commented out', () => {
    const defaults: Record<string, string | number | boolean | readonly string[] | undefined> = loadConfig(development);
    for (const { name, value, isDefault } of shown) {
      if (!isDefault) continue;
      expect([name, value]).toEqual([name, String(defaults[name] ?? '')]);
    }
  });

  test('starts a production once its secrets are filled in, and says which are missing before', () => {
    const given = Object.fromEntries(
      shown.filter(({ isDefault }) => !isDefault).map(({ name, value }) => [name, value]),
    );
    const secrets = shown.filter(({ name, value, isDefault }) => !isDefault && value === '' && name in production);
    expect(
      faultsOf(given)
        .map((fault) => fault.split(':')[0])
        .sort(),
    ).toEqual(
      secrets
        .map(({ name }) => name)
        .filter((name) => name !== 'CORS_ALLOW_ORIGINS')
        .sort(),
    );
    expect(
      faultsOf({
        ...given,
        ...Object.fromEntries(secrets.map(({ name }) => [name, (production as Environment)[name]])),
      }),
    ).toEqual([]);
  });
});
