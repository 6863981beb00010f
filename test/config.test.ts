import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig, variables } from '../src/config.ts';
import { weakness } from '../src/production-faults.ts';
import { type Environment, development, faultsOf, production, s3 } from './support/environments.ts';

/** Guards that the service starts with a valid configuration, or reports everything that is wrong with it. */

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

  test('reads numbers, switches and lists; an empty value counts as not set', () => {
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
  test.each([
    'DATABASE_URL',
    'DATABASE_COUNTS_URL',
    'DATABASE_REPLICA_URL',
    'REDIS_CACHE_URL',
    'REDIS_QUEUE_URL',
    'SMTP_URL',
    'NEWS_SMTP_URL',
  ])('%s with a password that is not escaped is named, in production too', (name) => {
    const scheme = name.includes('SMTP') ? 'smtps' : name.includes('REDIS') ? 'redis' : 'postgres';
    for (const password of ['50%', 'a%zz', 'a%e0%a4%a']) {
      const wrong = { [name]: `${scheme}://antre:${password}@server.example/${scheme === 'redis' ? 0 : 'x'}` };
      for (const base of [development, production]) {
        const faults = faultsOf({ ...base, ...wrong });
        expect(faults.map((fault) => fault.split(':')[0])).toEqual([name]);
        expect(faults.join()).not.toContain(password);
      }
    }
    // Cut off at the sign, the rest is no address any more: the sentence says how to write it.
    if (scheme !== 'redis')
      expect(faultsOf({ ...development, [name]: `${scheme}://u:a#b@server.example/x` }).join()).toContain('%23');
  });

  test.each([
    ['SMTP_URL', 'smtp://', 'names no host'],
    ['DATABASE_URL', 'postgres:///antre', 'names no host'],
    ['MIDTRANS_API_URL', 'https://user@api.midtrans.com', 'must hold no user or password'],
    ['TRACING_OTLP_URL', 'http://user:secret@collector:4318', 'must hold no user or password'],
  ])('%s=%s is refused, since nothing would reach the server that is meant', (name, value, sentence) => {
    expect(faultsOf({ ...development, [name]: value }).join()).toContain(`${name}: ${sentence}`);
  });

  test('a socket of Postgres needs no host', () => {
    const address = 'postgres:///antre?host=/var/run/postgresql';
    expect(loadConfig({ ...development, DATABASE_URL: address }).DATABASE_URL).toBe(address);
  });

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

  test.each<readonly [name: string, value: string, says: string]>([
    ['PORT', 'eighty', 'must be a whole number from 0 to 65535'],
    ['PORT', '70000', 'must be a whole number from 0 to 65535'],
    ['WORKER_NICENESS', '1.5', 'must be a whole number from 0 to 19'],
    ['TRACING_SAMPLE_RATIO', '5%', 'must be a number from 0 to 1'],
    ['TRACING_SAMPLE_RATIO', '2', 'must be a number from 0 to 1'],
    ['WHATSAPP_GRAPH_VERSION', '23', 'must be a version such as v23.0'],
    ['PUBLIC_URL', 'https://a.example/tickets', 'must be scheme and host alone, in lower case, such as https://'],
    ['PUBLIC_URL', 'https://user:pw@a.example', 'must be scheme and host alone, in lower case, such as https://'],
    ['PUBLIC_URL', 'ftp://a.example', 'must be a URL that starts with http:// or https://'],
  ])('says what %s must be, where it is %s', (name, value, says) => {
    const [fault, ...others] = faultsOf({ ...development, [name]: value });
    expect([fault?.startsWith(`${name}: ${says}`), others]).toEqual([true, []]);
  });

  test.each(['sslmode=require', 'sslmode=prefer', 'sslmode=no-verify', 'sslmode=', 'ssl=true', 'sslrootcert=system'])(
    'a database whose certificate would not be verified: %s',
    (parameter) => {
      const address = `${development.DATABASE_URL}?${parameter}`;
      expect(faultsOf({ ...development, DATABASE_URL: address })[0]).toMatch(/^DATABASE_URL: sslmode must be/);
      const verified = `${development.DATABASE_URL}?sslmode=verify-full`;
      expect(faultsOf({ ...development, DATABASE_URL: verified })).toEqual([]);
    },
  );

  test('in production, together with what production refuses', () => {
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

test('S3 needs a bucket and keys, everywhere', () => {
  expect(faultsOf({ ...development, ...s3 })).toEqual([]);
  expect(faultsOf({ ...development, S3_ENDPOINT: s3.S3_ENDPOINT }).map((fault) => fault.split(':')[0])).toEqual([
    'S3_BUCKET',
    'S3_ACCESS_KEY_ID',
    'S3_SECRET_ACCESS_KEY',
  ]);
});

describe('a secret', () => {
  test.each([
    'a'.repeat(40),
    'abcdefghij'.repeat(4),
    '0123456789abcdef'.repeat(4),
    '0123456789abcdef0123456789abcdef0123456',
    'abcdefghijklmnopqrstuvwxyz0123456789',
    'qwertyuiopasdfghjklzxcvbnmqwertyuiop',
    'changeme-please-changeme-please-'.repeat(2),
    'ababababababababababababababababab',
  ])('that a person typed is refused: %s', (secret) => {
    expect(weakness(secret)).toBeDefined();
  });

  test('that is random is taken, in hex and in base64, long and short', () => {
    for (let place = 0; place < 2000; place += 1) {
      const bytes = createHash('sha256').update(String(place)).digest();
      for (const secret of [
        bytes.toString('hex'),
        bytes.toString('base64'),
        bytes.subarray(0, 24).toString('base64url'),
      ])
        expect([secret, weakness(secret)]).toEqual([secret, undefined]);
    }
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

describe('a copy for rehearsals', () => {
  const sandbox = {
    MIDTRANS_SNAP_URL: 'https://app.sandbox.midtrans.com',
    MIDTRANS_API_URL: 'https://sandbox.example',
  };

  test.each([
    ['without its own addresses', {}, ['MIDTRANS_SNAP_URL', 'MIDTRANS_API_URL']],
    ['that pays for real', { ...sandbox, MIDTRANS_API_URL: 'https://API.midtrans.com.:443/x' }, ['MIDTRANS_API_URL']],
  ])('%s does not start, in any environment', (_, change, names) => {
    for (const environment of [development, production]) {
      const faults = faultsOf({ ...environment, REHEARSALS_ALLOWED: 'true', ...change });
      expect(faults.map((fault) => fault.split(':')[0])).toEqual(names);
    }
  });

  test('starts with a sandbox; production without the word may use the gateway of real money', () => {
    expect(loadConfig({ ...production, ...sandbox, REHEARSALS_ALLOWED: 'true' }).REHEARSALS_ALLOWED).toBe(true);
    expect(loadConfig(production).REHEARSALS_ALLOWED).toBe(false);
  });
});
