import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Config, ConfigError } from '../../config.ts';
import type { DkimKey, EmailOptions } from './email.ts';

/**
 * The mail settings of the configuration.
 * @throws ConfigError if the signing key of mails cannot be used
 */
export function mailSettings(config: Config): Omit<EmailOptions, 'log' | 'guard'> {
  const tickets = { smtpUrl: config.SMTP_URL, from: config.MAIL_FROM };
  return {
    streams: {
      tickets,
      news: { smtpUrl: config.NEWS_SMTP_URL ?? tickets.smtpUrl, from: config.NEWS_MAIL_FROM ?? tickets.from },
    },
    returnPath: config.MAIL_RETURN_PATH,
    dkim: readDkimKey(config),
    hashSecret: config.HASH_SECRET,
  };
}

const bitsMin = 1024;

/**
 * The signing key of mails, read once at the start; undefined if none is set.
 * @throws ConfigError if the file cannot be read, or holds no RSA key that mailboxes accept
 */
export function readDkimKey(config: Pick<Config, 'MAIL_DKIM_SELECTOR' | 'MAIL_DKIM_KEY_FILE'>): DkimKey | undefined {
  const { MAIL_DKIM_SELECTOR: selector, MAIL_DKIM_KEY_FILE: path } = config;
  if (selector === undefined || path === undefined) return undefined;
  const privateKey = readKeyFile(path);
  const fault = keyFault(privateKey);
  if (fault !== undefined) throw new ConfigError([`MAIL_DKIM_KEY_FILE: ${fault}`]);
  return { selector, privateKey };
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ConfigError(['MAIL_DKIM_KEY_FILE: cannot be read']);
  }
}

function keyFault(pem: string): string | undefined {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== 'rsa') return 'must be an RSA key, since not all mailboxes know others';
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return bits < bitsMin ? `has ${bits} bits; mailboxes ask for ${bitsMin} at least` : undefined;
  } catch {
    return 'holds no private key in PEM without a passphrase';
  }
}
