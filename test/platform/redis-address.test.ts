import { expect, test } from 'vitest';
import { parseRedisAddress } from '../../src/platform/redis-address.ts';

const plain = {
  isTls: false,
  username: undefined,
  password: undefined,
  database: 0,
  master: undefined,
  sentinelPassword: undefined,
};

test.each([
  ['redis://localhost', { kind: 'server', nodes: [{ host: 'localhost', port: 6379 }] }],
  ['redis://127.0.0.1:7000/3', { kind: 'server', nodes: [{ host: '127.0.0.1', port: 7000 }], database: 3 }],
  ['redis://[::1]:6380', { kind: 'server', nodes: [{ host: '::1', port: 6380 }] }],
  [
    'rediss://user:p%40ss@cache.internal:6380',
    {
      kind: 'server',
      nodes: [{ host: 'cache.internal', port: 6380 }],
      isTls: true,
      username: 'user',
      password: 'p@ss',
    },
  ],
  [
    'redis+sentinel://:secret@one,two:26380/tickets/2?sentinelPassword=other',
    {
      kind: 'sentinel',
      nodes: [
        { host: 'one', port: 26_379 },
        { host: 'two', port: 26_380 },
      ],
      password: 'secret',
      master: 'tickets',
      database: 2,
      sentinelPassword: 'other',
    },
  ],
  [
    'rediss+cluster://:secret@a:7000,b:7001',
    {
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 7001 },
      ],
      isTls: true,
      password: 'secret',
    },
  ],
])('%s is an address', (text, parts) => {
  expect(parseRedisAddress(text)).toEqual({ ...plain, ...parts });
});

test.each([
  ['http://localhost', 'another scheme'],
  ['redis://', 'no host'],
  ['redis://a,b', 'several servers without a word on how they belong together'],
  ['redis+sentinel://a,b', 'no name of the master'],
  ['redis+cluster://a,b/1', 'a database in a cluster, which has one'],
  ['redis://a/one', 'a database that is no number'],
  ['redis://a:70000', 'a port that does not exist'],
  ['redis+cluster://a,,b', 'an empty host'],
  ['redis://:%zz@a', 'a password that is not encoded'],
])('%s is none: %s', (text) => {
  expect(parseRedisAddress(text)).toBeUndefined();
});
