import type { Config } from '../../config.ts';
import { widerNetworkOf } from '../../http/server/client-network.ts';
import type { Clock } from '../../platform/clock.ts';
import { isBuyerCode } from './buyer-code.ts';
import { keyedHash } from './buyer-key.ts';
import { signBuyerToken } from './buyer-token.ts';
import { verificationLimited, verificationRefused } from '../errors.ts';
import { signKnownClient } from '../sessions/known-client.ts';
import { buyerTokenHours } from '../limits.ts';
import { confirmationsTried } from '../metrics.ts';
import type { VerificationLanes } from './verification-lanes.ts';
import type { VerificationLimiter } from '../ports.ts';

export type ConfirmVerificationDeps = {
  readonly clock: Clock;
  readonly config: Pick<Config, 'HASH_SECRET' | 'QUEUE_TOKEN_SECRET'>;
  readonly verifications: VerificationLanes;
  readonly verificationLimiter: VerificationLimiter;
};

/**
 * Checks the code that a buyer was sent, and returns the token for waiting rooms. A verification allows five wrong
 * codes over all processes, and lasts ten minutes. A right code may be sent again in that time, in case the answer was
 * lost. A wrong code, a late one and an unknown verification take the same steps and get the same answer.
 * @throws DomainError verification.refused, verification.limited, service.overloaded, service.unavailable
 */
export async function confirmVerification(
  deps: ConfirmVerificationDeps,
  input: { verificationId: string; code: string; network: string },
): Promise<{ buyerToken: string; expiresAt: Date; knownClientToken: string }> {
  const { HASH_SECRET, QUEUE_TOKEN_SECRET } = deps.config;
  const wider = widerNetworkOf(input.network);
  const networkKeys = {
    network: keyedHash(HASH_SECRET, `confirmations:${input.network}`),
    wider: wider === undefined ? undefined : keyedHash(HASH_SECRET, `confirmations:${wider}`),
  };
  const waitSeconds = deps.verificationLimiter.failedTooOften(networkKeys);
  if (waitSeconds !== undefined) {
    confirmationsTried.inc({ result: 'limited' });
    throw verificationLimited(waitSeconds);
  }
  const accountKey = await deps.verifications.confirmations.submit('confirmations', {
    id: input.verificationId,
    isRight: isBuyerCode(HASH_SECRET, input.verificationId, input.code.replace(' ', '')),
  });
  if (accountKey === undefined) {
    confirmationsTried.inc({ result: 'refused' });
    await deps.verificationLimiter.failed(networkKeys);
    throw verificationRefused();
  }
  confirmationsTried.inc({ result: 'confirmed' });
  const now = deps.clock.now();
  const expiresAt = new Date(now.getTime() + buyerTokenHours * 3_600_000);
  return {
    buyerToken: signBuyerToken(QUEUE_TOKEN_SECRET, { accountKey, until: expiresAt }),
    expiresAt,
    knownClientToken: signKnownClient(HASH_SECRET, accountKey, now),
  };
}
