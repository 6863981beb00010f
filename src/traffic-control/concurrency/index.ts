/**
 * Adaptive concurrency: how much may be asked of a dependency at once, found out while it works.
 *
 *     const limiter = createConcurrencyLimiter({ name: 'postgres_reads', slots: 8 });
 *     if (limiter.wouldRefuse(routeClass)) ...              // 503 at the first look, for microseconds
 *     const answer = await limitCall(limiter, { class: routeClass }, () => query());
 *
 * or by hand: `acquire` -> Permit | Promise<Permit>, then `permit.done('ok' | 'failed' | 'ignored')`.
 *
 * Promises:
 *  1. Never more calls in flight than the limit, callbacks (class 0) aside, which are never refused. Each permit is given
 *     back once, whatever is done with it.
 *  2. A partition's guaranteed share (half for what pays, three tenths for orders, a fifth for the rest) is there for it
 *     however the others press. What it does not use is lent, and comes back with the next calls that end.
 *  3. The limit rests near where more in flight would bring no more answers. It does not drift in a long overload, does
 *     not grow while it is not used, and stays within its bounds.
 *  4. Nobody waits long to be refused: 100 ms, 5 ms under overload; whose own place is lent out waits for it until the
 *     deadline. What is refused has not begun. At most twice the limit wait. Refused are told when to come back, spread by what was refused and served.
 *  5. A call costs well below 2 us, and no timer; a refusal at the first look less than that.
 *
 *                    limit-change (which way) <- scaling, Vegas' queue
 *                         |                          ^
 *     window of 500 ms -> pace (how far) -> limit    | latencies, answers
 *                                             |      |
 *     begin -> place free, or own share? -> in flight -> done
 *       |                                     ^
 *       +-> wait-line (CoDel, LIFO) ----------+-> refused
 *
 * Without promises and timers: `limiter.ts`, which a simulation drives in virtual time (`loadtest/simulation`). Formulas,
 * sources, a worked example and what was measured: `docs/adaptive-concurrency.md`.
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
export type { LimiterState } from './limiter.ts';
