/**
 * Staying up: who is taken up when not all can be.
 *
 * Promises:
 *  1. The decision falls before the body and the log, from the route, at the door and for orders from whether the
 *     credential is one of ours, and for new orders from the event that a header names; a
 *     refusal costs microseconds and is definite: 429 `traffic.rate_limited` for who asks too much, 503 `service.overloaded` for what
 *     cannot be done now, both with an integer `Retry-After` that differs from client to client.
 *  2. Callbacks of gateways are never shed, and limited only where they do not verify. What pays, reads an order or
 *     stands at the door is shed last, then placing orders, the waiting room, browsing, and the rest first. What no route
 *     serves, and whoever makes up a credential, belongs to the rest.
 *  3. Limits hold over all processes. Without Redis they hold per process, never "open", answered within 50 ms.
 *  4. A client's network is its own only as far as trusted proxies say so.
 *  5. What an operator switches reaches every process within a second, holds while Postgres and Redis are away, and
 *     stands with who did it and why in a table that only grows.
 *  6. One event gets most of what may be written at once, never all of it (limitPerEvent), and one flush like the
 *     others while they write. Orders beyond this per-event limit are refused; orders for other events are served.
 *
 *     request -> class (ruleOf) -> switches -> overload (Shedder.cause) -> per-event limit -> limits -> the app
 *                                      |                   |                  |             |
 *                                     503                 503                503           429
 *
 * Levels of overload rise by one class after two bad samples of 200 ms and fall by one after five good ones
 * (nextShedState), apart for the event loop (loopPressure) and for callers that wait for a database connection. How much
 * is in flight to Postgres and to the gateway is limited by `concurrency/`, whose answer is one more cause.
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
export { createMessageLimiter } from './limits/room-limiters.ts';
export { createPromoLimiter } from './limits/room-limiters.ts';
export { shedOrders } from './metrics.ts';
export { createTryLimiters } from './limits/try-limiter.ts';
export { createVerificationLimiter } from './limits/room-limiters.ts';
export { browseOnly } from './errors.ts';
export { limitPerEvent } from './limits/per-event-limit.ts';
export { switchRoutes } from './switches/routes.ts';
export { type Switches, createSwitches } from './switches/switches.ts';
