import type { Context, MiddlewareHandler } from 'hono';
import { responseOf } from '../http/hot-path/answer.ts';
import { type ClientNetwork, widerNetworkOf } from '../http/server/client-network.ts';
import { hotRequestOfContext } from '../http/hot-path/hot-request.ts';
import { isVerified } from '../http/request-context.ts';
import { routeOf } from '../http/contract/route-template.ts';
import { asClass } from './concurrency/index.ts';
import type { TrafficControl } from './create-traffic-control.ts';
import type { Decide } from './decide.ts';
import { rateLimited } from './decision.ts';
import type { Verdict } from './limits/limiter.ts';
import type { PolicyName } from './limits/policies.ts';
import { ruleOf } from './route-rules.ts';

/** What the error handler may read. */
type TrafficEnv = { Variables: { isStranger?: boolean } };

/** Whether a request counted as a stranger's when it arrived. */
export function isStranger(c: Context): boolean {
  return c.get('isStranger') === true;
}

/**
 * The first middleware of a request that goes through the router. Callbacks are never shed; senders of callbacks that
 * do not verify are limited, whatever they were answered. `networkOf` must believe only trusted proxies.
 * @param preflightRoute for an OPTIONS request, the route that the browser asks about
 */
export function trafficControl(
  control: TrafficControl,
  decide: Decide,
  networkOf: ClientNetwork,
  preflightRoute: (c: Context) => string | undefined = () => undefined,
): MiddlewareHandler<TrafficEnv> {
  const { limiter, keys } = control;

  /** The key that a callback which does not verify is counted by. */
  const countedBy = (c: Context): readonly (readonly [PolicyName, string])[] => {
    const network = networkOf(hotRequestOfContext(c));
    const wider = widerNetworkOf(network);
    return [
      ['callback_failures', keys.callback(network, c.req.path)],
      ['callback_failures_network', keys.network(network)],
      ...(wider === undefined ? [] : [['callback_failures_network_wide', keys.network(wider)] as const]),
    ];
  };

  const countFailures = async (c: Context<TrafficEnv>, next: () => Promise<void>): Promise<Response | undefined> => {
    const counted = countedBy(c);
    const denied = counted.reduce<Verdict | undefined>(
      (found, [name, key]) => found ?? limiter.denied(name, key),
      undefined,
    );
    if (denied !== undefined) return responseOf(rateLimited(control, 0, denied).refusal);
    await next();
    if (c.res.status < 400 || isVerified(c)) return undefined;
    for (const [name, key] of counted) await limiter.consume(name, key);
    return undefined;
  };

  return async (c, next) => {
    const route = c.req.method === 'OPTIONS' ? preflightRoute(c) : routeOf(c);
    if (route !== undefined && c.req.method !== 'OPTIONS' && ruleOf(c.req.method, route).class === 0) {
      return countFailures(c, () => asClass(0, next));
    }
    const asked = decide(hotRequestOfContext(c), route);
    const decision = asked instanceof Promise ? await asked : asked;
    if (decision.refusal !== undefined) return responseOf(decision.refusal);
    const { fields } = decision;
    if (fields !== undefined) for (const [name, value] of Object.entries(fields)) c.header(name, value);
    if (decision.isStranger) c.set('isStranger', true);
    await asClass(decision.class, next);
    return undefined;
  };
}
