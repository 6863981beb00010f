import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { encrypt } from '../../platform/crypto.ts';
import { serviceOverloaded } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { phoneOf } from '../../platform/text/phone-number.ts';
import { buyerKey } from './buyer-key.ts';
import { phoneNotPossible, eventNotFound, verificationLimited } from '../errors.ts';
import { readKnownClient } from '../sessions/known-client.ts';
import { verificationMinutes } from '../limits.ts';
import { verificationsAsked } from '../metrics.ts';
import type { VerificationChannel } from '../tables.ts';
import { type TryLimiter, tryOf } from '../sessions/try-limiter.ts';
import type { VerificationLanes } from './verification-lanes.ts';
import type { CanMessagePhones, FindEvent, VerificationLimiter } from '../ports.ts';

export type RequestVerificationDeps = {
  readonly clock: Clock;
  readonly config: Pick<Config, 'HASH_SECRET' | 'ENCRYPTION_KEY'>;
  readonly verifications: VerificationLanes;
  readonly codeLimiter: TryLimiter;
  readonly verificationLimiter: VerificationLimiter;
  readonly findEvent: FindEvent;
  readonly canMessagePhones: CanMessagePhones;
};

export type VerificationInput = {
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly phoneCountry?: string | undefined;
  readonly eventSlug?: string | undefined;
  readonly locale: 'id' | 'en';
  /** The client's network, from `createClientNetwork`. */
  readonly network: string;
  /** From an earlier confirmation. */
  readonly knownClientToken?: string | undefined;
};

/** Binds the encrypted address to its row: a copy in another row cannot be decrypted. */
export const verificationContext = (id: string): string => `buyer_verification:${id}`;

/**
 * Sends a code to an email or a phone, and returns the id that the code confirms. Steps and answer are the same for
 * known and unknown addresses. A refusal does not reveal whether this network or another one asked for too many codes.
 * A client that has confirmed the address before gets a code whatever others do.
 * @throws DomainError request.invalid for an invalid phone number, event.not_found, verification.phone_not_possible,
 * verification.limited, service.overloaded, service.unavailable
 */
export async function requestVerification(
  deps: RequestVerificationDeps,
  input: VerificationInput,
): Promise<{ verificationId: string; expiresAt: Date }> {
  const { HASH_SECRET, ENCRYPTION_KEY } = deps.config;
  const event = input.eventSlug === undefined ? undefined : await deps.findEvent(input.eventSlug);
  if (input.eventSlug !== undefined && event === undefined) throw eventNotFound();
  const channel: VerificationChannel = input.phone === undefined ? 'email' : 'whatsapp';
  let target = input.email ?? '';
  if (input.phone !== undefined) {
    if (event === undefined || !(await deps.canMessagePhones(event.organizerId))) throw phoneNotPossible();
    target = phoneOf({ phone: input.phone, phoneCountry: input.phoneCountry }, event.country, 'phone');
  }
  const accountKey = buyerKey(HASH_SECRET, channel === 'email' ? 'email' : 'phone', target);
  const { allowed, retryAfterSeconds } = await deps.codeLimiter.consume({
    ...tryOf(HASH_SECRET, 'verification', accountKey, input.network),
    knownClient: readKnownClient(HASH_SECRET, accountKey, input.knownClientToken, deps.clock.now()),
  });
  if (!allowed) {
    verificationsAsked.inc({ channel, verdict: 'limited' });
    throw verificationLimited(retryAfterSeconds);
  }
  // Phone messages cost the organizer money; mails are paid by the service.
  const waitSeconds = await deps.verificationLimiter.spend(
    channel === 'email' ? 'email' : `whatsapp:${event?.organizerId ?? ''}`,
  );
  verificationsAsked.inc({ channel, verdict: waitSeconds === undefined ? 'allowed' : 'budget_spent' });
  if (waitSeconds !== undefined) throw serviceOverloaded(waitSeconds);

  const now = deps.clock.now();
  const id = newId('ver', now);
  await deps.verifications.requests.submit('requests', {
    id,
    channel,
    accountKey,
    targetSealed: encrypt(ENCRYPTION_KEY, target, verificationContext(id)),
    locale: input.locale,
    organizerId: event?.organizerId ?? null,
    eventId: event?.id ?? null,
  });
  return { verificationId: id, expiresAt: new Date(now.getTime() + verificationMinutes * 60_000) };
}
