import { type KeyObject, X509Certificate, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Config, ConfigError } from '../../config.ts';
import { gauge } from '../../platform/metrics.ts';
import { parseJson } from '../../platform/text/parse-json.ts';

/** Google signs service accounts with keys of this size, and a longer signature would not leave room in a link. */
const googleKeyBits = 2048;
/** The longest address of a service account that leaves room in a link. */
const accountLengthMax = 100;
const appleKeyBitsMin = 2048;

export type AppleSettings = {
  readonly passTypeId: string;
  readonly teamId: string;
  readonly certificate: X509Certificate;
  /** Apple's intermediate certificate, which has signed the pass certificate. */
  readonly issuer: X509Certificate;
  readonly key: KeyObject;
};

export type GoogleSettings = {
  readonly issuerId: string;
  /** The address of the service account. */
  readonly account: string;
  readonly key: KeyObject;
};

export type WalletSettings = {
  readonly apple: AppleSettings | undefined;
  readonly google: GoogleSettings | undefined;
};

export type WalletConfig = Pick<
  Config,
  | 'APPLE_PASS_TYPE_ID'
  | 'APPLE_TEAM_ID'
  | 'APPLE_PASS_CERTIFICATE_FILE'
  | 'APPLE_PASS_KEY_FILE'
  | 'APPLE_WWDR_CERTIFICATE_FILE'
  | 'GOOGLE_WALLET_ISSUER_ID'
  | 'GOOGLE_WALLET_KEY_FILE'
>;

/**
 * The keys and certificates that sign passes, read once at the start. A wallet without settings is not offered.
 * @throws ConfigError if a file cannot be read, has other content, or does not belong to the others
 */
export function walletSettings(config: WalletConfig): WalletSettings {
  return { apple: readApple(config), google: readGoogle(config) };
}

gauge(
  'wallet_certificate_end_seconds',
  'Unix time at which the first certificate of Apple passes expires, if there is one',
  [],
  function () {
    if (appleEnds !== undefined) this.set(appleEnds / 1000);
  },
);
let appleEnds: number | undefined;

function readApple(config: WalletConfig): AppleSettings | undefined {
  const { APPLE_PASS_TYPE_ID: passTypeId, APPLE_TEAM_ID: teamId } = config;
  if (passTypeId === undefined || teamId === undefined) return undefined;
  const certificate = readCertificate('APPLE_PASS_CERTIFICATE_FILE', config);
  const issuer = readCertificate('APPLE_WWDR_CERTIFICATE_FILE', config);
  const key = readKey('APPLE_PASS_KEY_FILE', readText('APPLE_PASS_KEY_FILE', config));
  if (bitsOf(key) < appleKeyBitsMin) throw fault('APPLE_PASS_KEY_FILE', `needs ${appleKeyBitsMin} bits at least`);
  if (!certificate.checkPrivateKey(key))
    throw fault('APPLE_PASS_KEY_FILE', 'is not the key of APPLE_PASS_CERTIFICATE_FILE');
  if (!certificate.verify(issuer.publicKey))
    throw fault('APPLE_WWDR_CERTIFICATE_FILE', 'has not signed APPLE_PASS_CERTIFICATE_FILE');
  const subject = certificate.subject.split('\n');
  if (!subject.includes(`UID=${passTypeId}`))
    throw fault('APPLE_PASS_TYPE_ID', 'is not the UID of APPLE_PASS_CERTIFICATE_FILE');
  if (!subject.includes(`OU=${teamId}`)) throw fault('APPLE_TEAM_ID', 'is not the OU of APPLE_PASS_CERTIFICATE_FILE');
  appleEnds = Math.min(...[certificate, issuer].map(({ validTo }) => Date.parse(validTo)));
  return { passTypeId, teamId, certificate, issuer, key };
}

const serviceAccount = z.object({
  client_email: z.email().max(accountLengthMax),
  private_key: z.string(),
});

function readGoogle(config: WalletConfig): GoogleSettings | undefined {
  const name = 'GOOGLE_WALLET_KEY_FILE';
  const { GOOGLE_WALLET_ISSUER_ID: issuerId } = config;
  if (issuerId === undefined) return undefined;
  const parsed = serviceAccount.safeParse(parseJson(readText(name, config)));
  if (!parsed.success) throw fault(name, 'is not the JSON key of a service account');
  const { client_email: account, private_key: pem } = parsed.data;
  const key = readKey(name, pem);
  if (bitsOf(key) !== googleKeyBits) throw fault(name, `must hold a key of ${googleKeyBits} bits`);
  return { issuerId, account, key };
}

const fault = (name: keyof WalletConfig, text: string) => new ConfigError([`${name}: ${text}`]);
const bitsOf = (key: KeyObject): number => key.asymmetricKeyDetails?.modulusLength ?? 0;

function readText(name: keyof WalletConfig, config: WalletConfig): string {
  try {
    return readFileSync(config[name] ?? '', 'utf8');
  } catch {
    throw fault(name, 'cannot be read');
  }
}

function readCertificate(name: keyof WalletConfig, config: WalletConfig): X509Certificate {
  const text = readText(name, config);
  try {
    return new X509Certificate(text);
  } catch {
    throw fault(name, 'holds no certificate in PEM');
  }
}

function readKey(name: keyof WalletConfig, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    throw fault(name, 'holds no private key in PEM without a passphrase');
  }
  throw fault(name, 'must hold an RSA key');
}
