import { RetryLater } from '../../platform/jobs/retry-later.ts';
import type { GuardedGateway } from './gateway.ts';

/** The purpose of a call: instructions that a buyer waits for, a question about a payment, a refund, or a look at a payment that nobody waits for. */
export type CallPurpose = 'create' | 'call' | 'refund' | 'look';

/** A limit on calls in flight, as this room needs it. */
export type GatewayLimit = {
  /** Seconds after which a call may get a slot; undefined if it would get one now. */
  fullFor(purpose: CallPurpose): number | undefined;
  /** Makes the call in a slot of its own, or returns `full`. */
  call<Result extends { readonly kind: string }>(
    purpose: CallPurpose,
    act: () => Promise<Result>,
  ): Promise<Result | { readonly full: number }>;
};

/**
 * Bounds the calls in flight to a gateway. A call without a slot is not made; its job is retried later.
 * @throws RetryLater from every call
 */
export function limitGateway(gateway: GuardedGateway, limit: GatewayLimit): GuardedGateway {
  const placed = async <Result extends { readonly kind: string }>(
    purpose: CallPurpose,
    act: () => Promise<Result>,
  ): Promise<Result> => {
    const result = await limit.call(purpose, act);
    if ('full' in result) throw tooMany(result.full);
    return result;
  };
  return {
    acquire: async (...asked) => {
      const seconds = limit.fullFor(asked[1]);
      if (seconds !== undefined) throw tooMany(seconds);
      await gateway.acquire(...asked);
    },
    create: (account, request) => placed('create', () => gateway.create(account, request)),
    fetch: (account, attemptId) => placed('call', () => gateway.fetch(account, attemptId)),
    close: (account, attempt) => placed('call', () => gateway.close(account, attempt)),
    voidCapture: (account, attemptId) => placed('refund', () => gateway.voidCapture(account, attemptId)),
    refund: (account, refund) => placed('refund', () => gateway.refund(account, refund)),
  };
}

function tooMany(seconds: number): RetryLater {
  return new RetryLater(seconds, 'the gateway is asked as much at once as it can bear');
}
