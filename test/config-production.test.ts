import { describe, expect, test } from 'vitest';
import { demoSecretMarker } from '../src/production-faults.ts';
import { type Environment, development, faultsOf, production, random, s3 } from './support/environments.ts';

/** Guards that the service starts with a valid configuration, or reports everything that is wrong with it. */

const without = (environment: Environment, name: string): Environment => ({ ...environment, [name]: undefined });

const refusals: readonly (readonly [about: string, change: Environment, names: string])[] = [
  ['a demo secret for sessions', { JWT_SECRET: `${demoSecretMarker}${random('j')}` }, 'JWT_SECRET'],
  ['a demo secret for order links', { ORDER_TOKEN_SECRET: `${demoSecretMarker}${random('o')}` }, 'ORDER_TOKEN_SECRET'],
  [
    'a demo secret for the waiting room',
    { QUEUE_TOKEN_SECRET: `${demoSecretMarker}${random('q')}` },
    'QUEUE_TOKEN_SECRET',
  ],
  ['a demo secret for hashes', { HASH_SECRET: `${demoSecretMarker}${random('h')}` }, 'HASH_SECRET'],
  ['a demo key for secrets at rest', { ENCRYPTION_KEY: '0'.repeat(64) }, 'ENCRYPTION_KEY'],
  ['a secret of one character', { JWT_SECRET: 'a'.repeat(64) }, 'JWT_SECRET'],
  ['one secret for two purposes', { HASH_SECRET: production.JWT_SECRET }, 'JWT_SECRET, HASH_SECRET'],
  ['a session secret shorter than 32 characters', { JWT_SECRET: random('sessions').slice(0, 31) }, 'JWT_SECRET'],
  ['any page that calls the API', { CORS_ALLOW_ORIGINS: 'https://a.example, *' }, 'CORS_ALLOW_ORIGINS'],
  ['plain http for buyers', { PUBLIC_URL: 'http://tickets.example.com' }, 'PUBLIC_URL'],
  [
    'the credentials of the owner of the tables',
    { DATABASE_DIRECT_URL: 'postgres://antre_owner:a@127.0.0.1:5432/antre' },
    'DATABASE_DIRECT_URL',
  ],
  ['a token for operators that could be guessed', { OPERATIONS_TOKEN: 'a'.repeat(40) }, 'OPERATIONS_TOKEN'],
  ['a token for the CDN that could be guessed', { CDN_PURGE_TOKEN: 'abcabcabcabcabcabc' }, 'CDN_PURGE_TOKEN'],
  [
    'a secret that is also the token for operators',
    { OPERATIONS_TOKEN: random('sessions') },
    'JWT_SECRET, OPERATIONS_TOKEN',
  ],
  ['a secret that is also the key at rest', { ENCRYPTION_KEY: random('hashes') }, 'HASH_SECRET, ENCRYPTION_KEY'],
  [
    'a secret that is also the password of a server',
    { DATABASE_URL: `postgres://antre_app:${random('queue')}@127.0.0.1:6432/antre` },
    'QUEUE_TOKEN_SECRET, DATABASE_URL',
  ],
  ...['0.0.0.0/0', '::/0', '128.0.0.0/1', '2000::/3', '::ffff:0.0.0.0/96', '::ffff:0:0/96', '64.0.0.0/7'].map(
    (network): (typeof refusals)[number] => [
      `${network} as trusted proxies`,
      { TRUSTED_PROXIES: `10.0.0.0/8, ${network}` },
      'TRUSTED_PROXIES',
    ],
  ),
  ['a queue Redis elsewhere without a password', { REDIS_QUEUE_URL: 'redis://queue:6379' }, 'REDIS_QUEUE_URL'],
  ['a cache Redis elsewhere without a password', { REDIS_CACHE_URL: 'rediss://10.0.0.9:6379' }, 'REDIS_CACHE_URL'],
  ['a database elsewhere without a password', { DATABASE_URL: 'postgres://antre_app@db/antre' }, 'DATABASE_URL'],
  ['a replica elsewhere without a password', { DATABASE_REPLICA_URL: 'postgres://a@db/antre' }, 'DATABASE_REPLICA_URL'],
  ...['smtp://mail:587', 'smtp://user:pw@mail.example.com', 'smtp://10.0.0.5:25', 'smtp://mail/?requireTLS=false'].map(
    (address): (typeof refusals)[number] => [`mail in the open by ${address}`, { SMTP_URL: address }, 'SMTP_URL'],
  ),
  ['a mail server of development', { SMTP_URL: undefined }, 'SMTP_URL'],
  ['a sender of development', { MAIL_FROM: undefined }, 'MAIL_FROM'],
  ['no token for operators', { OPERATIONS_TOKEN: undefined }, 'OPERATIONS_TOKEN'],
  ['one Redis in both roles', { REDIS_QUEUE_URL: production.REDIS_CACHE_URL }, 'REDIS_CACHE_URL, REDIS_QUEUE_URL'],
  [
    'one Redis in both roles, as another database with another password',
    { REDIS_CACHE_URL: 'redis://127.0.0.1', REDIS_QUEUE_URL: 'rediss://user:other@127.0.0.1:6379/5' },
    'REDIS_CACHE_URL, REDIS_QUEUE_URL',
  ],
  ['plain http to the payment page', { MIDTRANS_SNAP_URL: 'http://sandbox:4000/midtrans' }, 'MIDTRANS_SNAP_URL'],
  ['plain http to the gateway', { MIDTRANS_API_URL: 'http://sandbox:4000/midtrans' }, 'MIDTRANS_API_URL'],
  ['plain http to S3', { ...s3, S3_ENDPOINT: 'http://s3.example.com' }, 'S3_ENDPOINT'],
  ['no place for the files of reports', { FILES_DIR: undefined }, 'FILES_DIR'],
  ['plain http to WhatsApp', { WHATSAPP_GRAPH_URL: 'http://sandbox:4000/graph' }, 'WHATSAPP_GRAPH_URL'],
];

describe('production refuses', () => {
  test.each(refusals)('%s', (_about, change, names) => {
    const faults = faultsOf({ ...production, ...change });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([names]);
  });

  test('all of it is accepted elsewhere, so that a stack on one machine needs no secrets', () => {
    const short = refusals.filter(([about]) => !about.includes('shorter'));
    for (const [, change] of short) expect(faultsOf({ ...production, ...change, ENV: 'development' })).toEqual([]);
    expect(faultsOf(without(development, 'JWT_SECRET'))).toEqual(['JWT_SECRET: is required']);
  });
});

test('NODE_ENV=production is refused without ENV and accepted with it', () => {
  expect(faultsOf({ ...development, NODE_ENV: 'production' })[0]).toMatch(/^ENV: is required/);
  expect(faultsOf({ ...production, NODE_ENV: 'production' })).toEqual([]);
  expect(faultsOf({ ...development, NODE_ENV: 'production', ENV: 'development' })).toEqual([]);
});

describe('production takes', () => {
  test.each<readonly [about: string, change: Environment]>([
    [
      'private networks as trusted proxies',
      { TRUSTED_PROXIES: '10.0.0.0/8, fc00::/7, 2001:db8::1, ::ffff:10.0.0.0/104' },
    ],
    [
      'servers on this machine without a password',
      { REDIS_QUEUE_URL: 'redis://[::1]:6380', DATABASE_URL: 'postgres://a@localhost/antre' },
    ],
    ['one password for both Redis', { REDIS_CACHE_URL: 'redis://:pw@cache', REDIS_QUEUE_URL: 'redis://:pw@queue' }],
    ['mail by TLS, by STARTTLS, and on this machine', { SMTP_URL: 'smtp://mail:587/?requireTLS=true' }],
    ['mail by TLS', { SMTP_URL: 'smtps://user:pw@mail:465' }],
    ['reports in S3 and no folder', { ...s3, FILES_DIR: undefined }],
    ['mail on this machine', { SMTP_URL: 'smtp://127.0.0.1:25' }],
  ])('%s', (_about, change) => {
    expect(faultsOf({ ...production, ...change })).toEqual([]);
  });
});
