/** How an address is stored and looked up: one person, one spelling. */
export function normalizeEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}
