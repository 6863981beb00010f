import { readEmail } from '../platform/text/email-address.ts';

/** How a staff member's address is stored and looked up: one person, one spelling. Staff may not differ by case alone. */
export function normalizeEmail(email: string): string {
  return (readEmail(email) ?? email).toLowerCase();
}
