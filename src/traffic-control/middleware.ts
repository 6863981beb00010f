import type { Context, MiddlewareHandler } from 'hono';
import type { TrafficControl } from './create-traffic-control.ts';
import type { Verdict } from './limiter.ts';
import { limitedTotal, shedTotal } from './metrics.ts';
import { type KeyKind, type RouteClass, type RouteRule, ruleOf } from './policies.ts';
import { rateLimitField } from './refusals.ts';

const classNames = ['C0', 'C1', 'C2', 'C3', 'C4', 'C5'] as const;

/** What a callback that does not verify is answered with: the gateway's retry table asks for 400. */
const refusedStatuses = new Set([400, 401, 403]);

/**
 * The first thing that sees a request: class by address, then overload, then limits, before body, credentials and log.
 * Refusals are returned as finished bytes. `clientNetwork` must believe only trusted proxies.
 */
export function trafficControl(control: TrafficControl, clientNetwork: (c: Context) => string): MiddlewareHandler {
  const { limiter, shedder, refusals, keys } = control;

  const keyOf = (kind: KeyKind, c: Context, network: string): string | undefined => {
    if (kind === 'network') return keys.network(network);
    const authorization = c.req.header('authorization');
    return authorization === undefined ? undefined : keys.credential(authorization);
  };

  const limit = async (c: Context, rule: RouteRule): Promise<Response | undefined> => {
    const network = clientNetwork(c);
    let tightest: Verdict | undefined;
    for (const name of rule.limits) {
      const key = keyOf(control.policies[name].key, c, network);
      if (key === undefined) continue;
      const asked = limiter.consume(name, key);
      const verdict = asked instanceof Promise ? await asked : asked;
      if (!verdict.allowed) return rateLimited(rule.class, verdict);
      if (tightest === undefined || verdict.remaining < tightest.remaining) tightest = verdict;
    }
    // Browsing is answered from shared caches, where a count of one client's requests has no meaning.
    if (tightest !== undefined && rule.class !== 4) {
      c.header('ratelimit-policy', refusals.policyField(tightest.policy));
      c.header('ratelimit', rateLimitField(tightest));
    }
    return undefined;
  };

  const rateLimited = (routeClass: RouteClass, verdict: Verdict): Response => {
    limitedTotal.inc({ class: classNames[routeClass], policy: verdict.policy.name });
    return refusals.rateLimited(verdict);
  };

  const countFailures = async (c: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    const network = clientNetwork(c);
    const key = keys.callback(network, c.req.path);
    const networkKey = keys.network(network);
    const denied = limiter.denied('callback_failures', key) ?? limiter.denied('callback_failures_network', networkKey);
    if (denied !== undefined) return rateLimited(0, denied);
    await next();
    if (!refusedStatuses.has(c.res.status)) return undefined;
    await limiter.consume('callback_failures', key);
    await limiter.consume('callback_failures_network', networkKey);
    return undefined;
  };

  return async (c, next) => {
    const rule = ruleOf(c.req.method, c.req.path);
    if (rule.class === 0) return countFailures(c, next);
    const cause = shedder.cause(rule.class);
    if (cause !== undefined) {
      shedTotal.inc({ class: classNames[rule.class], cause });
      return refusals.overloaded(shedder.retryAfterSeconds());
    }
    const refusal = await limit(c, rule);
    if (refusal === undefined) await next();
    return refusal;
  };
}
