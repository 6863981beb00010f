import { readEmail } from '../platform/text/email-address.ts';

/** The spelling in which a staff member's address is stored and looked up. Case makes no difference. */
export function normalizeEmail(email: string): string {
  return (readEmail(email) ?? email).toLowerCase();
}
