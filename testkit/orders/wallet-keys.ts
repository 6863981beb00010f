import { execFileSync } from 'node:child_process';
import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WalletConfig } from '../../src/orders/wallet/wallet-settings.ts';

export type WalletKeys = {
  readonly config: Readonly<Record<keyof WalletConfig, string>>;
  /** Of the authority that plays Apple's. */
  readonly authorityFile: string;
  readonly googlePublicKey: KeyObject;
  readonly folder: string;
  remove(): void;
};

const passTypeId = 'pass.example.antre.tickets';
const teamId = 'ABCDE12345';
const rsa = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];

/** Certificates and keys as Apple and Google give them out, made by openssl in a folder of their own. */
export function makeWalletKeys(): WalletKeys {
  const folder = mkdtempSync(join(tmpdir(), 'antre-wallet-'));
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  const subject = `/UID=${passTypeId}/CN=Pass Type ID: ${passTypeId}/OU=${teamId}/O=antre`;
  openssl('req', '-x509', ...rsa, '-keyout', at('wwdr.key'), '-out', at('wwdr.pem'), '-subj', '/CN=Test WWDR');
  const signed = ['-CA', at('wwdr.pem'), '-CAkey', at('wwdr.key')];
  openssl('req', '-x509', ...rsa, ...signed, '-keyout', at('pass.key'), '-out', at('pass.pem'), '-subj', subject);
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const account = {
    client_email: 'wallet@antre-test.iam.gserviceaccount.com',
    private_key: privateKey.export({ format: 'pem', type: 'pkcs8' }),
  };
  writeFileSync(at('google.json'), JSON.stringify(account), { mode: 0o600 });
  return {
    config: {
      APPLE_PASS_TYPE_ID: passTypeId,
      APPLE_TEAM_ID: teamId,
      APPLE_PASS_CERTIFICATE_FILE: at('pass.pem'),
      APPLE_PASS_KEY_FILE: at('pass.key'),
      APPLE_WWDR_CERTIFICATE_FILE: at('wwdr.pem'),
      GOOGLE_WALLET_ISSUER_ID: '3388000000022222222',
      GOOGLE_WALLET_KEY_FILE: at('google.json'),
    },
    authorityFile: at('wwdr.pem'),
    googlePublicKey: publicKey,
    folder,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
