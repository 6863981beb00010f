import type { Context, MiddlewareHandler } from 'hono';
import { responseOf } from '../http/answer.ts';
import { type ClientNetwork, widerNetworkOf } from '../http/client-network.ts';
import { hotRequestOfContext } from '../http/hot-request.ts';
import { asClass } from './concurrency/index.ts';
import type { TrafficControl } from './create-traffic-control.ts';
import type { Decide } from './decide.ts';
import { rateLimited } from './decision.ts';
import { ruleOf } from './route-rules.ts';

/** What a callback that does not verify is answered with: the gateway's retry table asks for 400. */
const refusedStatuses = new Set([400, 401, 403]);

/**
 * The first thing that sees a request that goes through the router. Callbacks are never shed; who posts callbacks that
 * do not verify is limited. `networkOf` must believe only trusted proxies.
 */
export function trafficControl(control: TrafficControl, decide: Decide, networkOf: ClientNetwork): MiddlewareHandler {
  const { limiter, keys } = control;

  const countFailures = async (c: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    const network = networkOf(hotRequestOfContext(c));
    const key = keys.callback(network, c.req.path);
    const networkKey = keys.network(network);
    const wider = widerNetworkOf(network);
    const widerKey = wider === undefined ? undefined : keys.network(wider);
    const denied =
      limiter.denied('callback_failures', key) ??
      limiter.denied('callback_failures_network', networkKey) ??
      (widerKey === undefined ? undefined : limiter.denied('callback_failures_network_wide', widerKey));
    if (denied !== undefined) return responseOf(rateLimited(control, 0, denied).refusal);
    await next();
    if (!refusedStatuses.has(c.res.status)) return undefined;
    await limiter.consume('callback_failures', key);
    await limiter.consume('callback_failures_network', networkKey);
    if (widerKey !== undefined) await limiter.consume('callback_failures_network_wide', widerKey);
    return undefined;
  };

  return async (c, next) => {
    const routeClass = ruleOf(c.req.method, c.req.path).class;
    if (routeClass === 0) return countFailures(c, () => asClass(0, next));
    const asked = decide(hotRequestOfContext(c));
    const { refusal, fields } = asked instanceof Promise ? await asked : asked;
    if (refusal !== undefined) return responseOf(refusal);
    if (fields !== undefined) for (const [name, value] of Object.entries(fields)) c.header(name, value);
    await asClass(routeClass, next);
    return undefined;
  };
}
