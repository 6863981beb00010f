import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { counter, gauge } from '../metrics.ts';
import { type RetryBudget, createRetryBudget } from './retry-budget.ts';

/**
 * Guards calls to outside parties of one kind (a gateway's accounts, mail servers, WhatsApp numbers):
 *
 * - A circuit breaker for each party. Several failures in a row open the circuit. After a pause one call with a short
 *   deadline probes the party; its outcome closes the circuit or opens it again. A party in trouble takes no time from
 *   the others.
 * - A budget for repetitions: at most a tenth of the party's calls while it fails.
 */
export type CallGuard = {
  /**
   * Seconds after which to ask again; 0 if the call may be made now.
   * @param repeated 0 for a first try, otherwise the number of calls that the repetition takes from the budget
   */
  acquire(key: string, repeated: number): number;
  /**
   * Makes a call. `act` learns whether it is the probe of an open circuit; the deadline of a probe is short.
   * @throws CircuitOpenError while the circuit is open
   */
  run<Result>(
    key: string,
    act: (isProbe: boolean) => Promise<Result>,
    hasFailed: (result: Result) => boolean,
  ): Promise<Result>;
};

export class CircuitOpenError extends Error {
  readonly seconds: number;

  constructor(seconds: number) {
    super('the circuit is open');
    this.seconds = seconds;
  }
}

const failuresMax = 5;
const pauseMsDefault = 10_000;
const partiesMax = 10_000;
const probeSeconds = 3;
const budgetPauseSeconds = 10;

/** After so long without a call that somebody wants to make, nobody knows how a party does. */
const wantedMs = 900_000;

type Toward = 'gateway' | 'email' | 'whatsapp';
type OpenCircuit = { readonly toward: Toward; wantedAt: number };
const openCircuits = new Set<OpenCircuit>();
gauge(
  'breakers_open',
  'Outside parties whose circuit is open and that somebody wants to call',
  ['toward'],
  function () {
    const now = performance.now();
    const wanted = [...openCircuits].filter(({ wantedAt }) => now - wantedAt < wantedMs);
    for (const toward of ['gateway', 'email', 'whatsapp'] as const)
      this.set({ toward }, wanted.filter((one) => one.toward === toward).length);
  },
);
const repetitions = counter('call_repetitions_total', 'Repeated calls to outside parties, made or put off', [
  'toward',
  'result',
]);

type Party = ReturnType<typeof openParty>;

/** Carries a result that counts as a failure through the breaker, which only counts exceptions. */
class Failure extends Error {
  readonly result: unknown;

  constructor(result: unknown) {
    super('a failed call');
    this.result = result;
  }
}

export function createCallGuard({
  toward,
  pauseMs = pauseMsDefault,
  openBudget = createRetryBudget,
  onChange = () => undefined,
}: {
  toward: Toward;
  pauseMs?: number;
  /** Called for each party. */
  openBudget?: () => RetryBudget;
  /** Called when the circuit of a party opens, with the duration, and when it closes (undefined). */
  onChange?: (key: string, openMs: number | undefined) => void;
}): CallGuard {
  const parties = new LRUCache<string, Party>({ max: partiesMax, dispose: (party) => party.forget() });

  const partyOf = (key: string): Party => {
    const known = parties.get(key);
    if (known !== undefined) return known;
    const party = openParty(toward, pauseMs, openBudget(), (openMs) => onChange(key, openMs));
    parties.set(key, party);
    return party;
  };

  return {
    acquire: (key, repeated) => {
      const party = partyOf(key);
      party.circuit.wantedAt = performance.now();
      const left = party.secondsLeft();
      if (left > 0) return left + spread(pauseMs / 1000);
      if (repeated === 0) {
        party.budget.called();
        return 0;
      }
      const isTaken = party.budget.take(repeated);
      repetitions.inc({ toward, result: isTaken ? 'made' : 'put_off' });
      return isTaken ? 0 : 1 + spread(budgetPauseSeconds);
    },
    run: async <Result>(key: string, act: (isProbe: boolean) => Promise<Result>, hasFailed: (r: Result) => boolean) => {
      const party = partyOf(key);
      const left = party.secondsLeft();
      if (left > 0) throw new CircuitOpenError(left + spread(pauseMs / 1000));
      try {
        return await party.breaker.execute(() => observed(party, act, hasFailed));
      } catch (error) {
        if (error instanceof BrokenCircuitError) throw new CircuitOpenError(1 + spread(pauseMs / 1000));
        if (error instanceof Failure) return error.result as Result;
        throw error;
      }
    },
  };
}

async function observed<Result>(
  { breaker, budget }: Party,
  act: (isProbe: boolean) => Promise<Result>,
  hasFailed: (result: Result) => boolean,
): Promise<Result> {
  let isGood = false;
  try {
    const result = await act(breaker.state === CircuitState.HalfOpen);
    if (hasFailed(result)) throw new Failure(result);
    isGood = true;
    return result;
  } finally {
    budget.ended(isGood);
  }
}

function openParty(
  toward: Toward,
  pauseMs: number,
  budget: RetryBudget,
  onChange: (openMs: number | undefined) => void,
) {
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: pauseMs, breaker: new ConsecutiveBreaker(failuresMax) });
  const circuit: OpenCircuit = { toward, wantedAt: performance.now() };
  let openedAt: number | undefined;
  breaker.onStateChange((state) => {
    if (state === CircuitState.Open) {
      openCircuits.add(circuit);
      openedAt = performance.now();
      onChange(pauseMs);
    } else if (state === CircuitState.Closed) {
      openedAt = undefined;
      openCircuits.delete(circuit);
      onChange(undefined);
    }
  });
  return {
    breaker,
    budget,
    circuit,
    /** While a probe runs, all other calls wait for its outcome. */
    secondsLeft: (): number => {
      if (openedAt === undefined) return 0;
      if (breaker.state === CircuitState.HalfOpen) return probeSeconds;
      return Math.max(openedAt + pauseMs - performance.now(), 0) / 1000;
    },
    forget: () => openCircuits.delete(circuit),
  };
}

/** Jitter, so that callers do not come back at the same moment. */
function spread(seconds: number): number {
  return Math.random() * seconds;
}
