/**
 * Adaptive concurrency: how many calls a dependency may have in flight, measured while it works.
 *
 *     const limiter = createConcurrencyLimiter({ name: 'postgres_reads', slots: 8 });
 *     if (limiter.wouldRefuse(routeClass)) ...              // 503 at the first look, for microseconds
 *     const answer = await limitCall(limiter, { class: routeClass }, () => query());
 *
 * or by hand: `acquire` -> Permit | Promise<Permit>, then `permit.done('ok' | 'failed' | 'ignored')`.
 *
 * Promises:
 *  1. Never more calls in flight than the limit, except callbacks (class 0), which are never refused. Each permit is
 *     released once, whatever its holder does.
 *  2. A partition's guaranteed share (half for paying, three tenths for orders, a fifth for the rest) is there
 *     whatever the others do. What it does not use is lent, and comes back with the next calls that end.
 *  3. The limit rests near the point where more calls in flight bring no more answers. It does not drift in a long
 *     overload, does not grow while unused, and stays within its bounds.
 *  4. Nobody waits long to be refused: 100 ms, 5 ms under overload. Only a partition whose own slot is lent out waits
 *     for it until the deadline. A refused call has not begun. At most twice the limit may wait. Retry-After is spread
 *     by what was refused and served.
 *  5. A call costs well below 2 us, and no timer; a refusal at the first check costs less.
 *
 *                    limit-change (which way) <- scaling, Vegas' queue
 *                         |                          ^
 *     window of 500 ms -> pace (how far) -> limit    | latencies, answers
 *                                             |      |
 *     begin -> slot free, or own share?  -> in flight -> done
 *       |                                     ^
 *       +-> wait-line (CoDel, LIFO) ----------+-> refused
 *
 * `limiter.ts` works without promises and timers: a simulation drives it in virtual time (`loadtest/simulation`).
 * `docs/adaptive-concurrency.md` has formulas, sources, a worked example and the measurements.
 */
export { asClass, callingClass } from './calling-class.ts';
export { type ConcurrencyLimiter, createConcurrencyLimiter } from './create-concurrency-limiter.ts';
export {
  type DependencyLimiters,
  createCallsLimiter,
  createGatewayLimit,
  createWritesLimiter,
  limitByCaller,
} from './dependencies.ts';
export { limitCall, limitGroupCommit } from './limit-calls.ts';
export type { LimiterState } from './slot-limiter.ts';
