import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { RetryLater } from '../platform/retry-later.ts';
import type { GatewayBudget } from './gateway-budget.ts';
import type { GatewayAccount, GuardedGateway, PaymentGateway } from './gateway.ts';
import { breakersOpen, gatewayCalls, gatewaySeconds } from './metrics.ts';

/** Calls in a row without a usable answer after which an organiser's gateway is left alone, and for how long. */
const failuresMax = 5;
const pauseMs = 10_000;
const breakersMax = 10_000;
/** Reads may be repeated at once, but for at most one in ten calls: a slow gateway is not helped by more calls. */
const retryShare = 0.1;
const retriesMax = 10;

type Result = { readonly kind: string };
type Breaker = ReturnType<typeof createBreaker>;

/** Carries an unusable result through the breaker, which counts what is thrown. */
class Unusable extends Error {
  readonly result: Result;

  constructor(result: Result) {
    super('unusable answer');
    this.result = result;
  }
}

/**
 * Puts a rate limit, a circuit breaker per organiser and a budget for repeated reads before a gateway. Calls of one
 * organiser whose gateway does not answer do not take time away from the others'.
 */
export function guardGateway(gateway: PaymentGateway, budget: GatewayBudget): GuardedGateway {
  const breakers = new Map<string, Breaker>();
  let retries = retriesMax;

  const breakerOf = (account: GatewayAccount): Breaker => {
    const known = breakers.get(account.organizerId);
    if (known !== undefined) return known;
    const oldest = breakers.keys().next();
    if (breakers.size >= breakersMax && oldest.done !== true) breakers.delete(oldest.value);
    const breaker = createBreaker();
    breakers.set(account.organizerId, breaker);
    return breaker;
  };

  const run = async <R extends Result>(call: string, account: GatewayAccount, act: () => Promise<R>): Promise<R> => {
    const stop = gatewaySeconds.startTimer({ call });
    try {
      const result = await breakerOf(account).execute(async () => {
        const outcome = await act();
        if (outcome.kind === 'unknown') throw new Unusable(outcome);
        return outcome;
      });
      gatewayCalls.inc({ call, result: result.kind });
      return result;
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw new RetryLater(pauseMs / 1000, 'the gateway is left alone');
      if (!(error instanceof Unusable)) throw error;
      gatewayCalls.inc({ call, result: 'unknown' });
      return error.result as R;
    } finally {
      stop();
    }
  };

  return {
    ...gateway,
    admit: async (account, lane) => {
      const breaker = breakers.get(account.organizerId);
      if (breaker?.state === CircuitState.Open) throw new RetryLater(pauseMs / 1000, 'the gateway is left alone');
      const seconds = await budget.take(lane, gateway.name, account.organizerId);
      if (seconds > 0) throw new RetryLater(seconds, 'the gateway is called as often as it may be');
    },
    create: (account, request) => run('create', account, () => gateway.create(account, request)),
    fetch: async (account, attemptId) => {
      retries = Math.min(retriesMax, retries + retryShare);
      const first = await run('fetch', account, () => gateway.fetch(account, attemptId));
      if (first.kind !== 'unknown' || retries < 1) return first;
      retries -= 1;
      return run('fetch', account, () => gateway.fetch(account, attemptId));
    },
    close: (account, attempt) => run('close', account, () => gateway.close(account, attempt)),
    voidCapture: (account, attemptId) => run('void', account, () => gateway.voidCapture(account, attemptId)),
    refund: (account, refund) => run('refund', account, () => gateway.refund(account, refund)),
  };
}

function createBreaker() {
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: pauseMs, breaker: new ConsecutiveBreaker(failuresMax) });
  let open = false;
  breaker.onStateChange((state) => {
    if ((state === CircuitState.Open) === open) return;
    open = !open;
    if (open) breakersOpen.inc();
    else breakersOpen.dec();
  });
  return breaker;
}
