import { z } from 'zod';
import { idPatterns } from '../platform/ids.ts';
import { job } from '../platform/jobs/job.ts';

const tokenRef = z.strictObject({ tokenId: z.string().regex(idPatterns.plain) });

/** Facts of this room: a link waits to be mailed. The mail is made by `staffTokenLink`, since payloads carry ids alone. */
export const staffInvited = job({
  name: 'staff.invited',
  payload: tokenRef,
  queue: 'notifications',
  attempts: 8,
  timeoutMs: 15_000,
});

/** Staged for every request, whether or not there is such a member; then there is no link, and nothing to send. */
export const staffPasswordReset = job({
  name: 'staff.password_reset',
  payload: tokenRef,
  queue: 'notifications',
  attempts: 8,
  timeoutMs: 15_000,
});

/** A buyer waits for a code. The message is made by `verificationMessage`, since payloads carry ids alone. */
export const verificationRequested = job({
  name: 'buyer.verification_requested',
  payload: z.strictObject({ verificationId: z.string().regex(idPatterns.plain) }),
  queue: 'notifications',
  attempts: 8,
  timeoutMs: 15_000,
});

/** Recurring: removes ended verifications of buyers, and sessions and links that ended long ago. */
export const purgeAccess = job({
  name: 'access.purge',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 30_000,
});
