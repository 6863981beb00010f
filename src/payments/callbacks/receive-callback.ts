import { slugSchema } from '../../http/contract/schemas.ts';
import { serviceUnavailable } from '../../platform/errors.ts';
import { orAfter } from '../../platform/resilience/deadline.ts';
import { storedTraceparent } from '../../platform/tracing/scope.ts';
import { eventIdOf } from '../../platform/ids.ts';
import type { CallbackInbox } from './callback-inbox.ts';
import { type GatewayAccount, isPaying } from '../gateways/gateway.ts';
import type { CallbackRequest, GatewayPlugin } from '../gateways/gateway-plugin.ts';
import { callbackAnswerMs } from '../limits.ts';
import type { PaymentAccounts } from '../accounts/payment-accounts.ts';

export type ReceiveDeps = {
  readonly accounts: PaymentAccounts;
  readonly inbox: CallbackInbox;
};

/** `test`, `not_ours` and `unknown_attempt` are correctly signed: the account is used for more than this service. */
export type Received = 'stored' | 'duplicate' | 'test' | 'not_ours' | 'unknown_attempt' | 'malformed' | 'signature';

/** Stands in for the key of an organiser who has none, so that the time of the answer reveals nothing. */
const nobodysKeys = ['no organiser signs with this'];

/**
 * Receives a gateway's callback. The raw bytes are verified, and are in the durable inbox when this returns `stored`.
 * Nothing is applied here. An organiser without an account cannot have signed, so this answers like a wrong signature.
 * `onVerified` is called once the signature is known to be right, whatever happens to the callback then.
 * @throws DomainError service.unavailable, service.overloaded
 */
export async function receiveCallback(
  deps: ReceiveDeps,
  {
    gateway,
    organizerSlug,
    request,
    onVerified,
  }: { gateway: GatewayPlugin; organizerSlug: string; request: CallbackRequest; onVerified: () => void },
): Promise<Received> {
  // A text that cannot be a slug names no organiser and needs no look-up.
  const isName = slugSchema.safeParse(organizerSlug).success;
  const account: GatewayAccount | undefined = isName
    ? await deps.accounts.bySlug(gateway.name, organizerSlug)
    : undefined;
  const reading = gateway.readCallback(request, account?.acceptedKeys ?? nobodysKeys);
  if (reading.kind === 'refused') return reading.reason;
  if (account === undefined) return 'signature';
  onVerified();
  if (reading.kind === 'not_ours') return reading.isTest ? 'test' : 'not_ours';
  const { attemptId } = reading.kind === 'fact' ? reading.fact : reading;
  const traceparent = storedTraceparent();
  const stored = deps.inbox.submit(account.organizerId, {
    gateway: gateway.name,
    organizerId: account.organizerId,
    eventId: eventIdOf(attemptId),
    attemptId,
    isPaying: reading.kind === 'unread' || isPaying(reading.fact),
    dedupKey: reading.dedupKey.toString('hex'),
    ...(traceparent === null ? {} : { traceparent }),
    payload: request.rawBody.toString('base64'),
  });
  // Waiting for a stopped database would take longer than the gateway waits for us.
  return orAfter(callbackAnswerMs, stored, () => Promise.reject(serviceUnavailable()));
}
