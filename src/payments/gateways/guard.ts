import { type CallGuard, CircuitOpenError, createCallGuard } from '../../platform/resilience/call-guard.ts';
import { orAfter } from '../../platform/resilience/deadline.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import type { GatewayBudget } from './budget.ts';
import type { GatewayAccount, GuardedGateway, PaymentGateway } from './gateway.ts';
import { gatewayCalls, gatewaySeconds } from '../metrics.ts';

/** The longest that a healthy gateway takes. A probe need not wait as long as a payment. */
const probeMs = 3000;

type Result = { readonly kind: string };

/**
 * Puts a rate limit, a circuit breaker per organiser and a budget for repetitions in front of a gateway. Calls of an
 * organiser whose gateway does not answer take no time from others. Nothing is repeated here: jobs do that, and call
 * `acquire` first.
 */
export function guardGateway(
  gateway: PaymentGateway,
  rate: GatewayBudget,
  guard: CallGuard = createCallGuard({ toward: 'gateway' }),
): GuardedGateway {
  const run = async <R extends Result>(call: string, account: GatewayAccount, act: () => Promise<R>): Promise<R> => {
    const stop = gatewaySeconds.startTimer({ call });
    try {
      const result = await guard.run(
        account.organizerId,
        (isProbe) => (isProbe ? withinProbe(act()) : act()),
        ({ kind }) => kind === 'unknown',
      );
      gatewayCalls.inc({ call, result: result.kind });
      return result;
    } catch (error) {
      if (error instanceof CircuitOpenError) throw new RetryLater(error.seconds, 'the circuit of the gateway is open');
      throw error;
    } finally {
      stop();
    }
  };

  return {
    acquire: async (account, partition, repeated) => {
      const pause = guard.acquire(account.organizerId, repeated);
      if (pause > 0) throw new RetryLater(pause, 'the circuit of the gateway is open, or repetitions are used up');
      const seconds = await rate.acquire(partition, account.gateway, account.organizerId);
      if (seconds > 0) throw new RetryLater(seconds, 'the gateway is called as often as it may be');
    },
    create: (account, request) => run('create', account, () => gateway.create(account, request)),
    fetch: (account, attemptId) => run('fetch', account, () => gateway.fetch(account, attemptId)),
    close: (account, attempt) => run('close', account, () => gateway.close(account, attempt)),
    voidCapture: (account, attemptId) => run('void', account, () => gateway.voidCapture(account, attemptId)),
    refund: (account, refund) => run('refund', account, () => gateway.refund(account, refund)),
  };
}

/** The answer, or `unknown`. A later look finds out what the call did. */
function withinProbe<R>(answer: Promise<R>): Promise<R> {
  return orAfter(probeMs, answer, () => ({ kind: 'unknown', reason: 'no answer to a probe' }) as R);
}
