import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Key and certificate as PEM. */
export type Certificate = { readonly key: string; readonly cert: string };

export type CertificateOptions = {
  readonly host: string;
  /** Negative for one that has ended. */
  readonly days?: number;
};

/** An authority of its own, made by OpenSSL. */
export type CertificateAuthority = {
  readonly cert: string;
  sign(options: CertificateOptions): Certificate;
  /** Deletes its files. */
  close(): void;
};

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export function openCertificateAuthority(): CertificateAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'antre-certificates-'));
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  openssl('req', '-x509', ...newKey, '-subj', '/CN=authority', '-days', '2', '-keyout', 'ca.key', '-out', 'ca.pem');
  return {
    cert: read('ca.pem'),
    sign: ({ host, days = 1 }) => {
      openssl('req', '-new', ...newKey, '-subj', `/CN=${host}`, '-keyout', 'leaf.key', '-out', 'leaf.csr');
      writeFileSync(join(folder, 'names'), `subjectAltName=DNS:${host}`);
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days), '-extfile', 'names'];
      openssl('x509', '-req', '-in', 'leaf.csr', ...by, '-out', 'leaf.pem');
      return { key: read('leaf.key'), cert: read('leaf.pem') };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
