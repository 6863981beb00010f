import { expect, test } from 'vitest';
import { stackOf } from '../../../loadtest/rehearsal/stages/find-stack.ts';
import { readRehearsal } from '../../../loadtest/rehearsal/options.ts';

test('numbers that are left out have their defaults', () => {
  expect(readRehearsal(['--event', 'senja-di-selatan', '--people', '5000'])).toEqual({
    event: 'senja-di-selatan',
    people: 5000,
    seconds: 15,
    opening: 90,
  });
  expect(readRehearsal(['--help'])).toBe('help');
});

test.each([
  [['--people', '100'], '--event is missing'],
  [['--event', 'senja'], '--people is missing'],
  [['--event', '../senja', '--people', '100'], '--event takes the slug or the id'],
  [['--event', 'senja', '--people', '9'], '--people takes a whole number from 10 to 1000000'],
  [['--event', 'senja', '--people', '1000001'], '--people takes a whole number from 10 to 1000000'],
  [['--event', 'senja', '--people', 'many'], '--people takes a whole number'],
  [['--event', 'senja', '--people', '100', '--seconds', '1'], '--seconds takes a whole number from 2 to 120'],
  [['--event', 'senja', '--people', '100', '--opening', '601'], '--opening takes a whole number from 10 to 600'],
  [['--event', 'senja', '--people', '100', '--agains', 'https://x.example'], "Unknown option '--agains'"],
  [
    ['--event', 'senja', '--people', '100', '--against', 'staging.example'],
    '--against takes an address without a path',
  ],
  [['--event', 'senja', '--people', '100', '--against', 'https://a:b@x.example'], '--against takes an address without'],
  [['--event', 'senja', '--people', '100', '--against', 'https://x.example/v1'], '--against takes an address without'],
  [['--event', 'senja', '--people', '100', '--against', 'http://x.example'], '--against is not encrypted'],
  [['--event', 'senja', '--people', '100', '--against', 'http://localhost.x.example'], '--against is not encrypted'],
  [
    ['--event', 'senja', '--people', '100', '--against', 'https://x.example', '--sandbox', 'http://x.example'],
    '--sandbox is not encrypted',
  ],
  [['--event', 'senja', '--people', '100', '--sandbox', 'https://x.example'], 'mean something with --against only'],
  [['--event', 'senja', '--people', '100', '--plain-http'], 'mean something with --against only'],
])('%j is refused', (given, said) => {
  expect(() => readRehearsal(given)).toThrow(said);
});

test('a copy elsewhere is taken over https, on this machine over http, and elsewhere over http when it is asked for', () => {
  const asked = (...more: string[]) => readRehearsal(['--event', 'senja', '--people', '100', ...more]);
  expect(asked('--against', 'https://x.example')).toMatchObject({ against: new URL('https://x.example') });
  expect(asked('--against', 'http://127.0.0.1:3000')).toMatchObject({ against: new URL('http://127.0.0.1:3000') });
  expect(asked('--against', 'http://x.example', '--plain-http')).toMatchObject({
    against: new URL('http://x.example'),
  });
});

const environment = {
  ENV: 'development',
  API_URL: 'http://localhost:3000',
  PUBLIC_URL: 'http://localhost:8080',
  SANDBOX_URL: 'http://127.0.0.1:4000',
  MIDTRANS_SNAP_URL: 'http://127.0.0.1:4000/midtrans',
  MIDTRANS_API_URL: 'http://127.0.0.1:4000/midtrans',
  DATABASE_URL: 'postgres://antre_app@127.0.0.1/antre',
  QUEUE_TOKEN_SECRET: 'queue',
  HASH_SECRET: 'hash',
  OPERATIONS_PORT: '9100',
  WORKER_OPERATIONS_PORT: '9150',
};
const children = [
  { name: 'postgres', pid: 1 },
  { name: 'redis-cache', pid: 2 },
  { name: 'redis-queue', pid: 3 },
  { name: 'sandbox', pid: 4 },
  { name: 'api-1', pid: 5 },
  { name: 'api-2', pid: 6 },
  { name: 'worker', pid: 7 },
  { name: 'nginx', pid: 8 },
];

test('the running stack is entered where buyers come in, and its processes are known by part', () => {
  const stack = stackOf(environment, children);
  expect(stack).toMatchObject({ port: 8080, hasEdge: true, apiProcesses: 2, operationsPorts: [9100, 9101, 9150] });
  expect(stack.parts()).toEqual({ Postgres: [1], Redis: [2, 3], outside: [4], API: [5, 6], worker: [7], nginx: [8] });
});

test.each([
  ['no process of the API', {}, children.slice(0, 4), 'does not run from this folder'],
  ['production', { ENV: 'production' }, children, 'ENV=production'],
  [
    'a public address',
    { PUBLIC_URL: 'https://tickets.example' },
    children,
    'https://tickets.example, where people may buy',
  ],
  [
    'a real gateway',
    { MIDTRANS_API_URL: 'https://api.midtrans.com' },
    children,
    'https://api.midtrans.com, which is not the sandbox',
  ],
  [
    'a gateway whose address only begins alike',
    { MIDTRANS_SNAP_URL: 'http://127.0.0.1:40001/midtrans' },
    children,
    'is not the sandbox',
  ],
  ['no gateway', { MIDTRANS_SNAP_URL: undefined }, children, 'not set, which is not the sandbox'],
])('a rehearsal is refused with %s', (_, change, processes, said) => {
  expect(() => stackOf({ ...environment, ...change }, processes)).toThrow(said);
});
