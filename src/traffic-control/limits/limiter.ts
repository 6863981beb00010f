import { LRUCache } from 'lru-cache';
import { type CountedShare, type PointStore, type PointStoreDeps, createPointStore } from './point-store.ts';
import type { Policies, Policy, PolicyName } from './policies.ts';

/**
 * Counts requests per policy and key over all processes, without a Redis call for each request. A process must know how
 * many processes there are.
 *
 * Promises:
 *  1. Never more than `points` in a window over all processes. A process takes a share of a key's points from Redis
 *     (counted there at once, 1 % of the limit at a time) and spends it from memory. Unspent points are lost for the
 *     window, so the error is always on the strict side, by at most 1 % per process. The first requests of a key in a
 *     window (1 % of the limit over all processes) belong to each process and need no Redis call: most networks never
 *     send more. These points are subtracted twice from Redis' count, because its windows and those of the processes do
 *     not begin together.
 *  2. An answer within 50 ms, whatever Redis does, and never "open". While Redis is away or silent, the points divided
 *     by the processes are counted in memory, including what the process has taken from Redis in the window.
 *  3. A refused key is remembered until its window ends: refusing it again costs one look-up in a map.
 *  4. Memory is bounded: maps of fixed size that forget the least recently used entry.
 */
export type Limiter = {
  /** Counts one request. Synchronous when this process holds a share of the key, or knows that the key is refused. */
  consume(name: PolicyName, key: string): Verdict | Promise<Verdict>;
  /** What this process knows of a key, without a Redis call; undefined if nothing speaks against it. */
  denied(name: PolicyName, key: string): Verdict | undefined;
  /** Forgets what was counted for a key. */
  reset(name: PolicyName, key: string): Promise<void>;
};

export type Verdict = {
  readonly allowed: boolean;
  readonly policy: Policy;
  readonly remaining: number;
  /** Seconds until the window ends and the points are back; never too early. */
  readonly resetSeconds: number;
};

export const deniedKeysMax = 20_000;
const sharesMax = 50_000;
/** Points are taken in hundredths of a limit. */
const sharesPerLimit = 100;
/** Below this, an exact count is worth more than a saved Redis call. */
const ownPointsMin = 2;

/** `ownUntil`: until then the process has given the key its own points of the window. */
type Share = { tokens: number; others: number; until: number; ownUntil: number };
type Refill = { readonly done: Promise<void>; waiting: number };

export function createLimiter(deps: PointStoreDeps & { policies: Policies }): Limiter {
  const denied = new LRUCache<string, number>({ max: deniedKeysMax });
  const shares = new LRUCache<string, Share>({ max: sharesMax });
  const refills = new Map<string, Refill>();
  const stores = new Map<PolicyName, PointStore>();
  const ownPoints = new Map<PolicyName, number>();
  for (const policy of Object.values(deps.policies)) {
    const own = ownPointsOf(policy, deps.processes);
    ownPoints.set(policy.name, own);
    stores.set(policy.name, createPointStore(deps, { ...policy, points: policy.points - 2 * own * deps.processes }));
  }

  const refusal = (policy: Policy, id: string, now: number) => refusalOf(denied, policy, id, now);
  const spend = (policy: Policy, id: string, now: number) => spendShare(shares, policy, id, now);

  const take = async (policy: Policy, id: string, wanted: number): Promise<void> => {
    const counted = await stores.get(policy.name)?.take(id, wanted);
    if (counted !== undefined) keep(id, counted, performance.now());
  };

  const keep = (id: string, counted: CountedShare, now: number): void => {
    const until = now + counted.millisecondsLeft;
    const ownUntil = shares.get(id)?.ownUntil ?? 0;
    shares.set(id, { tokens: counted.tokens, others: counted.remaining, until, ownUntil });
    if (counted.tokens === 0) denied.set(id, until);
  };

  /** Spends the first points, which need no Redis call; undefined when they are spent or there are none. */
  const spendOwn = (policy: Policy, id: string, now: number): Verdict | undefined => {
    const own = ownPoints.get(policy.name) ?? 0;
    if (own === 0 || (shares.get(id)?.ownUntil ?? 0) > now) return undefined;
    const until = now + policy.seconds * 1000;
    shares.set(id, { tokens: own, others: policy.points - own, until, ownUntil: until });
    return spend(policy, id, now);
  };

  /** One refill at a time per key. Requests that arrive meanwhile wait for it and are counted into the next one. */
  const refill = (policy: Policy, id: string, wanted: number): Refill => {
    const running = refills.get(id);
    if (running !== undefined) {
      running.waiting += 1;
      return running;
    }
    const share = Math.max(Math.floor(policy.points / sharesPerLimit), wanted);
    const done = take(policy, id, Math.min(share, policy.points)).finally(() => refills.delete(id));
    const started = { done, waiting: 1 };
    refills.set(id, started);
    return started;
  };

  const consumeSlowly = async (policy: Policy, id: string): Promise<Verdict> => {
    for (let waiting = 1; ; ) {
      const joined = refill(policy, id, waiting);
      await joined.done;
      const now = performance.now();
      const verdict = spend(policy, id, now) ?? refusal(policy, id, now);
      if (verdict !== undefined) return verdict;
      waiting = joined.waiting;
    }
  };

  return {
    consume: (name, key) => {
      const policy = deps.policies[name];
      const id = idOf(name, key);
      const now = performance.now();
      return (
        refusal(policy, id, now) ?? spend(policy, id, now) ?? spendOwn(policy, id, now) ?? consumeSlowly(policy, id)
      );
    },
    denied: (name, key) => refusal(deps.policies[name], idOf(name, key), performance.now()),
    reset: async (name, key) => {
      const id = idOf(name, key);
      denied.delete(id);
      shares.delete(id);
      await stores.get(name)?.forget(id);
    },
  };
}

/** Points that each process gives a key in a window without a Redis call. */
function ownPointsOf(policy: Policy, processes: number): number {
  const evenly = Math.floor(policy.points / (sharesPerLimit * processes));
  return evenly < ownPointsMin ? 0 : evenly;
}

/** The refusal of a key until its window ends; undefined when it is not refused. */
function refusalOf(denied: LRUCache<string, number>, policy: Policy, id: string, now: number): Verdict | undefined {
  const until = denied.get(id);
  if (until === undefined) return undefined;
  if (until > now) return { allowed: false, policy, remaining: 0, resetSeconds: secondsUntil(until, now) };
  denied.delete(id);
  return undefined;
}

/** Spends one of the points that this process holds of the key; undefined when it holds none. */
function spendShare(shares: LRUCache<string, Share>, policy: Policy, id: string, now: number): Verdict | undefined {
  const share = shares.get(id);
  if (share === undefined || share.tokens < 1 || share.until <= now) return undefined;
  share.tokens -= 1;
  const remaining = share.others + share.tokens;
  return { allowed: true, policy, remaining, resetSeconds: secondsUntil(share.until, now) };
}

/** The braces make the key's hash choose the slot in a Redis Cluster. */
function idOf(name: PolicyName, key: string): string {
  return `${name}:{${key}}`;
}

function secondsUntil(until: number, now: number): number {
  return Math.max(Math.ceil((until - now) / 1000), 1);
}
