import type { Config } from '../../config.ts';
import { staffTokenText } from './staff-token.ts';
import type { StaffToken } from '../tables.ts';

const paths = { invitation: '/desk/invitation', password_reset: '/desk/password-reset' } as const;

/** The address of the page that takes the link. The secret is its fragment, which no server, log or referrer sees. */
export function staffLink(
  config: Pick<Config, 'HASH_SECRET' | 'PUBLIC_URL'>,
  token: Pick<StaffToken, 'id' | 'purpose'>,
): string {
  const text = staffTokenText(config.HASH_SECRET, token.purpose, token.id);
  return `${config.PUBLIC_URL}${paths[token.purpose]}#token=${text}`;
}
