import { constantTimeEqual, hmacSha256Text } from '../../platform/crypto.ts';
import { idPatterns } from '../../platform/ids.ts';
import type { StaffTokenPurpose } from '../tables.ts';

/**
 * The secret of an invitation or password-reset link: `<id>.<keyed hash of purpose and id>`. Nobody stores it: the mail
 * is made from the id, and neither the table nor a job's payload can open a link. Pure.
 */
export function staffTokenText(secret: string, purpose: StaffTokenPurpose, tokenId: string): string {
  return `${tokenId}.${secretHalf(secret, purpose, tokenId)}`;
}

/** The id of a link that we made for this purpose; undefined for anything else. Whether it still counts, its row says. */
export function readStaffToken(secret: string, purpose: StaffTokenPurpose, text: string): string | undefined {
  const [tokenId = '', half = '', ...more] = text.split('.', 3);
  if (more.length > 0 || !idPatterns.plain.test(tokenId)) return undefined;
  return constantTimeEqual(half, secretHalf(secret, purpose, tokenId)) ? tokenId : undefined;
}

function secretHalf(secret: string, purpose: StaffTokenPurpose, tokenId: string): string {
  return hmacSha256Text(secret, `staff_token.v1\0${purpose}\0${tokenId}`);
}
