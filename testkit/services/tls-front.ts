import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { Certificate } from '../security/certificates.ts';

/** TLS in front of a server that speaks none, as a load balancer has it. */
export type TlsFront = {
  readonly port: number;
  /** What clients told the server behind it, as Latin-1. */
  readonly passed: string;
  close(): Promise<void>;
};

export type TlsFrontOptions = {
  readonly target: { readonly port: number; readonly host: string };
  /** Undefined answers that there is no TLS, and continues in the open, as Postgres does. */
  readonly certificate: Certificate | undefined;
  /** Postgres is asked for TLS on an open connection first. */
  readonly isPostgres: boolean;
  /** Speaks at most TLS 1.1. */
  readonly isOld?: boolean;
};

const sslRequestBytes = 8;

export async function openTlsFront({ target, certificate, isPostgres, isOld }: TlsFrontOptions): Promise<TlsFront> {
  const open = new Set<net.Socket>();
  let passed = '';
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const pass = (client: net.Socket) => {
    const server = net.connect(target.port, target.host);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
      one.on('data', (bytes) => {
        if (one === client) passed += bytes.toString('latin1');
        other.write(bytes);
      });
    }
  };
  const secure = (client: net.Socket) => {
    if (certificate === undefined) {
      pass(client);
      return;
    }
    const wrapped = new tls.TLSSocket(client, { isServer: true, ...certificate, ...(isOld === true ? old : {}) });
    wrapped.on('error', () => client.destroy());
    pass(wrapped);
  };
  const front = net.createServer((client) => {
    open.add(client);
    client.on('error', () => client.destroy());
    if (!isPostgres) {
      secure(client);
      return;
    }
    client.once('data', (request) => {
      if (request.length !== sslRequestBytes) client.destroy();
      else client.write(certificate === undefined ? 'N' : 'S', () => secure(client));
    });
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  return {
    port: (front.address() as net.AddressInfo).port,
    get passed() {
      return passed;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      front.close();
      await once(front, 'close');
    },
  };
}
