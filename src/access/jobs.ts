import { z } from 'zod';
import { idPatterns } from '../platform/ids.ts';
import { job } from '../platform/jobs/job.ts';

const tokenRef = z.strictObject({ tokenId: z.string().regex(idPatterns.plain) });

/** Jobs of this room. Payloads contain only ids, so `staffTokenLink` makes the link when the mail is written. */
export const staffInvited = job({
  name: 'staff.invited',
  payload: tokenRef,
  queue: 'notifications',
  attempts: 8,
  timeoutMs: 15_000,
});

/** Staged for every request. If there is no such member there is no link, and nothing is sent. */
export const staffPasswordReset = job({
  name: 'staff.password_reset',
  payload: tokenRef,
  queue: 'notifications',
  attempts: 8,
  timeoutMs: 15_000,
});

/** A buyer waits for a code. Payloads contain only ids, so `verificationMessage` makes the message. */
export const verificationRequested = job({
  name: 'buyer.verification_requested',
  payload: z.strictObject({ verificationId: z.string().regex(idPatterns.plain) }),
  queue: 'notifications',
  attempts: 8,
  timeoutMs: 15_000,
});

/** Recurring: deletes ended verifications of buyers, and sessions and links that ended long ago. */
export const purgeAccess = job({
  name: 'access.purge',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 30_000,
});
