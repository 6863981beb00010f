/**
 * Identity: staff by sessions, programs by API keys, door hardware by device tokens, buyers by order links, and new buyers by a code to
 * an email or phone.
 *
 * Promises
 * 1. Nobody learns which addresses belong to staff: sign-in, reset and their times look alike for known and unknown.
 * 2. Sign-out, password reset, a role change, disabling a member and ending a key take effect everywhere within a second. Without Redis
 *    a process looks again after a second, and in any case after 30 seconds.
 * 3. Passwords, keys and link secrets are stored only as hashes that give no access.
 * 4. Other organisers' members, keys and devices look as if they did not exist.
 * 5. Every change by an organiser, and who made it, is in the audit log of the same transaction.
 * 6. An organiser never loses its last owner.
 * 7. Access that a member or their keys gave to others ends when the member is disabled, when a lower role could not have given it, and
 *    when the key ends, unless somebody takes it over. A password reset asks (`made-access.ts`).
 * 8. An invitation does not claim an address, and does not reveal other organisers that its owner works for. Accepting claims it.
 * 9. A request for a code reveals nothing about the address, and cannot flood its inbox. A code can be tried five times at the
 *    most, over all processes. Addresses are encrypted, and gone soon after their ten minutes.
 *
 * A member                                          A session
 *
 *   (none) --inviteStaff, createOrganizer-->          (none) --startSession--> live
 *   invited --acceptInvitation--> active              live --endSession, endStaffSessions, disableStaff,
 *   invited --inviteStaff--> invited (new link)              confirmPasswordReset--> ended
 *   invited, active --disableStaff--> disabled             changeStaffRole (lower)--> ended
 *   invited --endMadeAccess (of the inviter)--> disabled  live --twelve hours--> expired
 *   disabled --inviteStaff--> invited
 *   active --confirmPasswordReset--> active
 *
 * A verification: (none) --requestVerification--> open --confirmVerification--> confirmed; open --five wrong codes, or
 * ten minutes--> void; any --purgeEndedAccess, after ten minutes--> gone.
 *
 * An API key and a device: live --endApiKey, endDevice--> ended. A link: open --used once, replaced, or late--> void.
 */
export { type Actor, highestRole, mayManage } from './actor.ts';
export { type Actors, createActors } from './actors.ts';
export { type Audited, hearAudit, writeAudit } from './audit/audit.ts';
export type { FindNames } from './ports.ts';
export type { AuditChanges, AuditField, SomeAuditChanges } from './audit/fields.ts';
export { demoStaffExists } from './staff/queries.ts';
export { buyerKey } from './buyers/buyer-key.ts';
export { orderAccessToken } from './buyers/order-token.ts';
export { keyScopes, scopesOf } from './credentials/key-scopes.ts';
export { createPresentsCredential } from './credentials/presents-credential.ts';
export { createPasswords } from './sessions/passwords.ts';
export { purgeEndedAccess } from './purge-ended-access.ts';
export { lockOrganizer } from './queries.ts';
export { staffTokenLink } from './links/staff-link.ts';
export { createVerificationLanes } from './buyers/verification-lanes.ts';
export { verificationMessage } from './buyers/verification-message.ts';
export { presentsWaiting, waitingAccessToken } from './buyers/waiting-token.ts';
