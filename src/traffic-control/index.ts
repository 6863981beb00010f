/**
 * Traffic control: which requests are served when not all can be.
 *
 * Promises:
 *  1. The decision is made before the body is read and before the log: from the route; at the door and for orders also
 *     from whether the credential is ours; for new orders also from the event that a header names. A refusal costs
 *     microseconds and is final: 429 `traffic.rate_limited` for a client that asks too much, 503 `service.overloaded`
 *     for work that cannot be done now. Both have an integer `Retry-After` with jitter.
 *  2. Callbacks of gateways are never shed, and limited only if they do not verify. The other classes are shed in this
 *     order: everything else, browsing, the waiting room, placing orders; paying, reading an order and the door last.
 *     Requests without a route or with a forged credential belong to "everything else".
 *  3. Limits hold over all processes. Without Redis they hold per process, are never "open", and answer within 50 ms.
 *  4. A client's network comes from proxies only as far as they are trusted.
 *  5. A switch reaches every process within a second, holds while Postgres and Redis are down, and is recorded with
 *     person and reason in an append-only table.
 *  6. One event gets most of the write capacity but never all of it (limitPerEvent). While other events write, it gets one
 *     flush at a time, as they do. Orders beyond this per-event limit are refused; orders for other events are served.
 *
 *     request -> class (ruleOf) -> switches -> overload (Shedder.cause) -> per-event limit -> limits -> the app
 *                                      |                   |                  |             |
 *                                     503                 503                503           429
 *
 * Levels of overload rise by one class after two bad samples of 200 ms and fall by one after five good ones
 * (nextShedState), separately for the event loop (loopPressure) and for callers that wait for a database connection.
 * `concurrency/` limits the calls in flight to Postgres and to the gateway; its refusals are one more cause.
 */
export { createDecide } from './decide.ts';
export { createRefuseFailure } from './limits/credential-failures.ts';
export { type TrafficControl, createTrafficControl } from './create-traffic-control.ts';
export {
  createCallsLimiter,
  createGatewayLimit,
  createWritesLimiter,
  limitByCaller,
  limitGroupCommit,
} from './concurrency/index.ts';
export { createMessageLimiter, createPromoLimiter, createVerificationLimiter } from './limits/room-limiters.ts';
export { shedOrders } from './metrics.ts';
export { createTryLimiters } from './limits/try-limiter.ts';
export { browseOnly } from './errors.ts';
export { limitPerEvent } from './limits/per-event-limit.ts';
export { switchRoutes } from './switches/routes.ts';
export { watchStatus } from './status/watch-status.ts';
export { type Switches, createSwitches } from './switches/switches.ts';
