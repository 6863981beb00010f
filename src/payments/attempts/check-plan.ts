import { closedCheckSeconds } from '../limits.ts';
import type { AttemptStatus } from '../vocabulary.ts';

const checkSeconds: Partial<Record<AttemptStatus, number>> = {
  pending: 120,
  review: 3600,
  authorized: 3600,
  captured: 24 * 3600,
  // A method was picked, so somebody knows where to pay: money may still come, and its callback may be lost.
  expired: closedCheckSeconds,
  cancelled: closedCheckSeconds,
};
/** Banks and stores take a settlement back within minutes, if at all, and the callback about it may be lost. */
const reversalCheckSeconds = 600;

/** Seconds until the next look at the gateway; null: no more looks. */
export function checkAfterSeconds(status: AttemptStatus, method: string): number | null {
  const isReversible = status === 'settled' && /^(?:bank_transfer|store|\w+_(?:va|bill))$/.test(method);
  return isReversible ? reversalCheckSeconds : (checkSeconds[status] ?? null);
}
