import { type KeyObject, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepWalletKeys } from '../../sandbox/wallet/keep-wallet-keys.ts';
import type { WalletConfig } from '../../src/orders/wallet/wallet-settings.ts';

export type WalletKeys = {
  readonly config: Readonly<Record<keyof WalletConfig, string>>;
  /** Of the authority that plays Apple's. */
  readonly authorityFile: string;
  readonly googlePublicKey: KeyObject;
  readonly folder: string;
  remove(): void;
};

/** The sandbox's certificates and keys, in a folder of their own. */
export async function makeWalletKeys(): Promise<WalletKeys> {
  const folder = mkdtempSync(join(tmpdir(), 'antre-wallet-'));
  const config = await keepWalletKeys(join(folder, 'keys'));
  const account = JSON.parse(readFileSync(config.GOOGLE_WALLET_KEY_FILE, 'utf8')) as { private_key: string };
  return {
    config,
    authorityFile: config.APPLE_WWDR_CERTIFICATE_FILE,
    googlePublicKey: createPublicKey(account.private_key),
    folder,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
