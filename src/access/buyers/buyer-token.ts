import { readSignedText, signText } from '../../platform/text/signed-text.ts';

/**
 * The token of a buyer who has confirmed an email or phone: `buyer.<account key>.<until, seconds in base 36>.<mark>`. It names the
 * account by its keyed hash only, and is stored nowhere.
 */
export function signBuyerToken(secret: string, { accountKey, until }: { accountKey: string; until: Date }): string {
  const seconds = Math.floor(until.getTime() / 1000);
  return signText(secret, label, `buyer.${accountKey}.${seconds.toString(36)}`);
}

/** The account of a valid token; undefined for a forged or expired one. */
export function readBuyerToken(secret: string, token: string, now: Date): { accountKey: string } | undefined {
  const [, accountKey, until] = pattern.exec(readSignedText(secret, label, token) ?? '') ?? [];
  if (accountKey === undefined || until === undefined) return undefined;
  return Number.parseInt(until, 36) * 1000 > now.getTime() ? { accountKey } : undefined;
}

const label = 'buyer.v1';
const pattern = /^buyer\.([\w-]{22})\.([0-9a-z]{1,8})$/;
