import { constantTimeEqual, hmacSha256Text } from '../../platform/crypto.ts';
import { idPatterns } from '../../platform/ids.ts';
import type { StaffTokenPurpose, StaffToken } from '../tables.ts';
import type { Config } from '../../config.ts';
import type { Db } from '../../platform/database/db.ts';
import { findLiveStaffToken } from './queries.ts';

/**
 * The secret of an invitation or password-reset link: `<id>.<keyed hash of purpose and id>`. It is stored nowhere: the mail is made from
 * the id, so neither the table nor a job's payload can open a link.
 */
export function staffTokenText(secret: string, purpose: StaffTokenPurpose, tokenId: string): string {
  return `${tokenId}.${secretHalf(secret, purpose, tokenId)}`;
}

/** The id of a link that we made for this purpose, or undefined. Its row says whether it is still valid. */
export function readStaffToken(secret: string, purpose: StaffTokenPurpose, text: string): string | undefined {
  const [tokenId = '', half = '', ...more] = text.split('.', 3);
  if (more.length > 0 || !idPatterns.plain.test(tokenId)) return undefined;
  return constantTimeEqual(half, secretHalf(secret, purpose, tokenId)) ? tokenId : undefined;
}

function secretHalf(secret: string, purpose: StaffTokenPurpose, tokenId: string): string {
  return hmacSha256Text(secret, `staff_token.v1\0${purpose}\0${tokenId}`);
}

const paths = { invitation: '/desk/invitation', password_reset: '/desk/password-reset' } as const;

/** The address of the page for the link. The secret is in the fragment, which no server, log or referrer sees. */
export function staffLink(
  config: Pick<Config, 'HASH_SECRET' | 'PUBLIC_URL'>,
  token: Pick<StaffToken, 'id' | 'purpose'>,
): string {
  const text = staffTokenText(config.HASH_SECRET, token.purpose, token.id);
  return `${config.PUBLIC_URL}${paths[token.purpose]}#token=${text}`;
}

export type StaffTokenMail = {
  readonly organizerId: string;
  readonly organizerName: string;
  readonly organizerSlug: string;
  readonly staffId: string;
  readonly email: string;
  readonly name: string;
  readonly locale: 'id' | 'en';
  readonly link: string;
  readonly purpose: StaffTokenPurpose;
  readonly expiresAt: Date;
};

/** The data of the mail with this link; undefined when the link is unknown, used, void or expired. */
export async function staffTokenLink(
  deps: { db: Db; config: Pick<Config, 'HASH_SECRET' | 'PUBLIC_URL'> },
  tokenId: string,
): Promise<StaffTokenMail | undefined> {
  const found = await findLiveStaffToken(deps.db, tokenId);
  if (found === undefined || found.member.status === 'disabled') return undefined;
  const { token, member, organizer } = found;
  return {
    organizerId: organizer.id,
    organizerName: organizer.name,
    organizerSlug: organizer.slug,
    staffId: member.id,
    email: member.email,
    name: member.name,
    locale: member.locale,
    link: staffLink(deps.config, token),
    purpose: token.purpose,
    expiresAt: token.expiresAt,
  };
}
