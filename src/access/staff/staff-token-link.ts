import type { Config } from '../../config.ts';
import type { Db } from '../../platform/database/db.ts';
import { findLiveStaffToken } from './token-queries.ts';
import { staffLink } from './staff-link.ts';
import type { StaffTokenPurpose } from '../tables.ts';

export type StaffTokenMail = {
  readonly organizerId: string;
  readonly organizerName: string;
  readonly staffId: string;
  readonly email: string;
  readonly name: string;
  readonly locale: 'id' | 'en';
  readonly link: string;
  readonly purpose: StaffTokenPurpose;
  readonly expiresAt: Date;
};

/** All that the mail with this link says; undefined when there is nothing to send: unknown, used, void or late. */
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
    staffId: member.id,
    email: member.email,
    name: member.name,
    locale: member.locale,
    link: staffLink(deps.config, token),
    purpose: token.purpose,
    expiresAt: token.expiresAt,
  };
}
