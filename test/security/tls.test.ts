import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMidtransCall } from '../../src/payments/gateways/midtrans/http.ts';
import { openDb } from '../../src/platform/database/db.ts';
import { openRedis } from '../../src/platform/redis-client.ts';
import {
  type Certificate,
  type CertificateAuthority,
  openCertificateAuthority,
} from '../../testkit/security/certificates.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { testStack } from '../../testkit/services/stack.ts';
import { type TlsFront, type TlsFrontOptions, openTlsFront } from '../../testkit/services/tls-front.ts';

/**
 * Guards that a connection that must be encrypted reaches the right server or none: Postgres, Redis, a payment gateway.
 */

const usualRoots = tls.getCACertificates('default');
const deadlineMs = 5000;
let authority: CertificateAuthority;
let stranger: CertificateAuthority;
let database: TestDatabase;
let gateway: http.Server;

beforeAll(async () => {
  authority = openCertificateAuthority();
  stranger = openCertificateAuthority();
  tls.setDefaultCACertificates([...usualRoots, authority.cert]);
  database = await createTestDatabase();
  gateway = http.createServer((_request, response) => response.end('{"status_code":"200"}')).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
});
afterAll(async () => {
  tls.setDefaultCACertificates(usualRoots);
  authority.close();
  stranger.close();
  gateway.close();
  await database.close();
});

type Fault = { readonly certificate: () => Certificate | undefined; readonly isOld?: boolean };
const right: Fault = { certificate: () => authority.sign({ host: 'localhost' }) };
const faults: Readonly<Record<string, Fault>> = {
  'a certificate of an unknown authority': { certificate: () => stranger.sign({ host: 'localhost' }) },
  'a certificate that has ended': { certificate: () => authority.sign({ host: 'localhost', days: -1 }) },
  'a certificate for another host': { certificate: () => authority.sign({ host: 'elsewhere.example' }) },
  'TLS 1.1': { ...right, isOld: true },
};

/** Whether the client got an answer through the front, and how much it told the server behind. */
async function through(
  { certificate, isOld = false }: Fault,
  options: Pick<TlsFrontOptions, 'target' | 'isPostgres'>,
  ask: (port: number) => Promise<boolean>,
): Promise<{ isAnswered: boolean; passed: string }> {
  const front: TlsFront = await openTlsFront({ ...options, certificate: certificate(), isOld });
  try {
    const isAnswered = await ask(front.port);
    return { isAnswered, passed: front.passed };
  } finally {
    await front.close();
  }
}

const placeOf = (url: string) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) });

function postgresUrl(port: number, mode: string): string {
  const url = new URL(database.url);
  url.hostname = 'localhost';
  url.port = String(port);
  url.searchParams.set('sslmode', mode);
  return url.href;
}

const services = {
  Postgres: (fault: Fault) =>
    through(fault, { target: placeOf(database.url), isPostgres: true }, async (port) => {
      const opened = openDb({
        url: postgresUrl(port, 'verify-full'),
        name: 'tls-test',
        poolSize: 1,
        acquireTimeoutMs: deadlineMs,
        callTimeoutMs: deadlineMs,
        prepare: false,
      });
      const asked = await Promise.allSettled([opened.db.execute(sql`select 1`)]);
      await opened.close();
      return asked[0].status === 'fulfilled';
    }),
  Redis: (fault: Fault) =>
    through(fault, { target: placeOf(testStack().redisCacheUrl), isPostgres: false }, async (port) => {
      const url = new URL(testStack().redisCacheUrl);
      url.port = String(port);
      url.hostname = 'localhost';
      const redis = openRedis(url.href.replace('redis:', 'rediss:'), { lazyConnect: true, retryStrategy: () => null });
      redis.on('error', () => {});
      const [asked] = await Promise.allSettled([redis.connect().then(() => redis.ping())]);
      redis.disconnect();
      return asked.status === 'fulfilled';
    }),
  'a payment gateway': (fault: Fault) =>
    through(
      fault,
      { target: { host: '127.0.0.1', port: (gateway.address() as AddressInfo).port }, isPostgres: false },
      async (port) => {
        const call = createMidtransCall(deadlineMs);
        const url = `https://localhost:${port}/v2/order/status`;
        return (await call({ method: 'GET', url, serverKey: 'key' })).kind === 'answer';
      },
    ),
};

describe.each(Object.entries(services))('to %s', (_name, ask) => {
  test('control: the right certificate is accepted', async () => {
    const { isAnswered, passed } = await ask(right);
    expect(isAnswered).toBe(true);
    expect(passed).not.toBe('');
  });

  test.each(Object.entries(faults))('%s is refused before anything is told', async (_fault, fault) => {
    expect(await ask(fault)).toEqual({ isAnswered: false, passed: '' });
  });
});

describe('a Postgres without TLS', () => {
  const none: Fault = { certificate: () => undefined };

  test('is refused: the connection does not go on in the open', async () => {
    const { isAnswered, passed } = await services.Postgres(none);
    expect(isAnswered).toBe(false);
    // The driver begins TLS anyway, and names no user in it.
    expect(passed).not.toContain('antre_app');
  });

  test.each([
    ['prefer', 'is reached in the open', none],
    ['require', 'is believed with any certificate', faults['a certificate for another host'] ?? none],
  ])('control: by sslmode=%s the server %s, so the service refuses the mode', async (mode, _what, fault) => {
    const { isAnswered, passed } = await through(
      fault,
      { target: placeOf(database.url), isPostgres: true },
      async (port) => {
        const driver = postgres(postgresUrl(port, mode), { max: 1, connect_timeout: 5, fetch_types: false });
        const [asked] = await Promise.allSettled([driver.unsafe('select 1').simple()]);
        await driver.end({ timeout: 1 });
        return asked.status === 'fulfilled';
      },
    );
    expect(isAnswered).toBe(true);
    expect(passed).toContain('antre_app');
    const refused = () =>
      openDb({
        url: postgresUrl(1, mode),
        name: 'tls-test',
        poolSize: 1,
        acquireTimeoutMs: deadlineMs,
        callTimeoutMs: deadlineMs,
        prepare: false,
      });
    expect(refused).toThrow(/sslmode must be/);
  });
});
