import type { Context, MiddlewareHandler } from 'hono';
import { responseOf } from '../http/hot-path/answer.ts';
import type { ClientNetwork } from '../http/server/client-network.ts';
import { hotRequestOfContext } from '../http/hot-path/hot-request.ts';
import { isVerified } from '../http/request-context.ts';
import { routeOf } from '../http/contract/route-template.ts';
import { asClass } from './concurrency/index.ts';
import type { TrafficControl } from './create-traffic-control.ts';
import type { Decide } from './decide.ts';
import { limitCallbackFailures } from './limits/callback-failures.ts';
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
  const limitFailures = limitCallbackFailures(control, networkOf);
  return async (c, next) => {
    const route = c.req.method === 'OPTIONS' ? preflightRoute(c) : routeOf(c);
    if (route !== undefined && c.req.method !== 'OPTIONS' && ruleOf(c.req.method, route).class === 0) {
      const refusal = await limitFailures(hotRequestOfContext(c), async () => {
        await next();
        return { status: c.res.status, isVerified: isVerified(c) };
      });
      return refusal && responseOf(refusal);
    }
    const asked = decide(hotRequestOfContext(c), route);
    const decision = asked instanceof Promise ? await asked : asked;
    if (decision.refusal !== undefined) return responseOf(decision.refusal);
    const { fields } = decision;
    const addFields = () => {
      for (const [name, value] of Object.entries(fields ?? {})) c.header(name, value);
    };
    addFields();
    if (decision.isStranger) c.set('isStranger', true);
    await asClass(decision.class, next);
    // Only the answer to an error lacks them. On any other, adding them again would copy the answer.
    if (c.error !== undefined) addFields();
    return undefined;
  };
}
