import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { Redis } from 'ioredis';
import { findNginx } from '../../../deploy/local/binaries/find-servers.ts';
import { chooseAccount } from '../../../deploy/local/host/account.ts';
import { freePort } from '../../../deploy/local/host/ports.ts';
import { privateWriter, reachableFolder } from '../../../deploy/local/host/reachable-folder.ts';
import type { TargetGroup } from '../../../deploy/local/observe/prometheus-file.ts';
import type { Certificate, CertificateAuthority } from '../../../testkit/security/certificates.ts';
import type { OwnStack } from './own-stack.ts';

/** A server that serves a certificate, and is given another one as by a renewal: it runs on. */
type TlsServer = {
  readonly probe: TargetGroup;
  renew(certificate: Certificate): Promise<unknown>;
  close(): Promise<unknown>;
};

/** The parts whose certificates are watched, each with TLS of its own. */
export type TlsServers = {
  readonly probes: readonly TargetGroup[];
  /** Gives each of them a certificate that ends after so many days. */
  renew(days: number): Promise<void>;
  /** Postgres and Redis run on without TLS. */
  close(): Promise<void>;
};

const host = 'localhost';

/** An authority's certificate as a file that every account may read, for `SSL_CERT_FILE`. */
export function trustFile({ cert }: CertificateAuthority): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'antre-trust-'));
  chmodSync(folder, 0o755);
  const path = join(folder, 'roots.pem');
  writeFileSync(path, cert, { mode: 0o644 });
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

/**
 * Turns TLS on in the stack's own Postgres and Redis, puts an nginx with TLS before its API, and opens a gateway.
 * @param days after which their certificates end
 */
export async function serveTls(stack: OwnStack, authority: CertificateAuthority, days: number): Promise<TlsServers> {
  const ending = (after: number) => authority.sign({ host, days: after });
  const servers = [
    tlsOfPostgres(stack),
    await tlsOfRedis(stack, ending(days)),
    await startTlsEdge(stack, ending(days)),
    await openTlsServer(ending(days), { part: 'gateway', module: 'certificate_verified' }),
  ];
  const renew = async (after: number) => {
    for (const server of servers) await server.renew(ending(after));
  };
  await renew(days);
  return {
    probes: servers.map(({ probe }) => probe),
    renew,
    close: async () => {
      for (const server of servers) await server.close();
    },
  };
}

/** Somebody else's server, which shows its certificate and says nothing. */
export async function openTlsServer(
  certificate: Certificate,
  labels: NonNullable<TargetGroup['labels']>,
): Promise<TlsServer> {
  const server = tls.createServer(certificate, (socket) => socket.on('error', () => {}).end());
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    probe: { targets: [`${host}:${(server.address() as AddressInfo).port}`], labels },
    renew: async (next) => server.setSecureContext(next),
    close: async () => server.close(),
  };
}

const names = { cert: 'served.pem', key: 'served.key' };

/** The folder of a part of the stack, and a way to put a certificate there that the part can read. */
function filesOf(stack: OwnStack, part: string) {
  const account = chooseAccount();
  const folder = join(reachableFolder(stack.folder, account), part);
  const write = privateWriter(folder, account);
  return {
    folder,
    put: ({ cert, key }: Certificate) => ({ cert: write(names.cert, cert), key: write(names.key, key) }),
  };
}

/** The first renewal turns it on. */
function tlsOfPostgres(stack: OwnStack): TlsServer {
  const { folder, put } = filesOf(stack, 'postgres');
  const set = (settings: string) => appendFileSync(join(folder, 'postgresql.auto.conf'), settings);
  const reload = () => process.kill(stack.pid('postgres'), 'SIGHUP');
  set(`ssl = on\nssl_cert_file = '${names.cert}'\nssl_key_file = '${names.key}'\n`);
  return {
    probe: {
      targets: [`127.0.0.1:${stack.port('POSTGRES_PORT')}`],
      labels: { part: 'postgres', module: 'certificate' },
    },
    renew: async (certificate) => {
      put(certificate);
      reload();
    },
    close: async () => {
      set('ssl = off\n');
      reload();
    },
  };
}

async function tlsOfRedis(stack: OwnStack, first: Certificate): Promise<TlsServer> {
  const { put } = filesOf(stack, 'redis-cache');
  const redis = new Redis(stack.environment['REDIS_CACHE_URL'] ?? '');
  const port = await freePort();
  const set = (settings: Readonly<Record<string, string>>) =>
    redis.call('CONFIG', 'SET', ...Object.entries(settings).flat());
  const served = (certificate: Certificate) => {
    const { cert, key } = put(certificate);
    return { 'tls-cert-file': cert, 'tls-key-file': key };
  };
  await set({ ...served(first), 'tls-auth-clients': 'no', 'tls-port': String(port) });
  return {
    probe: { targets: [`127.0.0.1:${port}`], labels: { part: 'redis', module: 'certificate' } },
    renew: (certificate) => set(served(certificate)),
    close: async () => {
      await set({ 'tls-port': '0' });
      redis.disconnect();
    },
  };
}

async function startTlsEdge(stack: OwnStack, first: Certificate): Promise<TlsServer> {
  const folder = mkdtempSync(join(tmpdir(), 'antre-edge-'));
  const put = ({ cert, key }: Certificate) => {
    writeFileSync(join(folder, names.cert), cert);
    writeFileSync(join(folder, names.key), key);
  };
  put(first);
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const file = `daemon off;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
${temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`).join('\n')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${folder}/${names.cert};
    ssl_certificate_key ${folder}/${names.key};
    location / { proxy_pass http://127.0.0.1:${stack.port('PORT')}; }
  }
}
`;
  writeFileSync(join(folder, 'nginx.conf'), file);
  const program = await findNginx(undefined, () => {});
  const child: ChildProcess = spawn(program.command, ['-e', 'stderr', '-p', folder, '-c', `${folder}/nginx.conf`], {
    env: program.environment,
    stdio: 'ignore',
  });
  return {
    probe: { targets: [`https://${host}:${port}/v1/events`], labels: { part: 'edge', module: 'http' } },
    renew: async (certificate) => {
      put(certificate);
      child.kill('SIGHUP');
    },
    close: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
