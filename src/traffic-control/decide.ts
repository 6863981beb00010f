import type { ClientNetwork } from '../http/server/client-network.ts';
import type { PresentsCredential } from '../http/hot-path/hot-request.ts';
import type { TrafficControl } from './create-traffic-control.ts';
import { type FullFor, createPerEventCheck } from './shedding/per-event-check.ts';
import { type Asked, type Decision, rateLimited } from './decision.ts';
import { keyOf } from './limits/keys.ts';
import type { Verdict } from './limits/limiter.ts';
import { countsEveryRequest } from './limits/policies.ts';
import { shedTotal, switchedTotal } from './metrics.ts';
import { type RouteRule, classNames, preflightRuleOf, ruleOf, strangers } from './route-rules.ts';
import { rateLimitField } from './shedding/refusals.ts';

/** @param route the template of the route that serves the request; undefined if there is none */
export type Decide = (asked: Asked, route: string | undefined) => Decision | Promise<Decision>;

/**
 * The first decision about a request of any class except callbacks, before its body and the log. It checks in this
 * order: class by route (for some routes also whether the credential is ours), switches, overload of the service and of
 * the event, limits. If it asks Redis nothing it is synchronous. Refusals are finished answers.
 * @param presents if omitted, no request counts as a stranger's
 */
export function createDecide(
  control: TrafficControl,
  networkOf: ClientNetwork,
  fullFor?: FullFor,
  presents?: PresentsCredential,
): Decide {
  const { limiter, shedder, refusals, keys, policies, switches } = control;
  const perEventCheck = fullFor === undefined ? undefined : createPerEventCheck(control, networkOf, fullFor);

  const take = (rule: RouteRule, tightest: Verdict | undefined): Decision =>
    // Shared caches serve browsing, so a count of one client's requests would mean nothing there.
    tightest === undefined || rule.class === 4
      ? { class: rule.class, isStranger: rule === strangers }
      : {
          class: rule.class,
          isStranger: rule === strangers,
          fields: {
            'ratelimit-policy': refusals.policyField(tightest.policy),
            ratelimit: rateLimitField(tightest),
          },
        };

  /** Checks the limits from the given one on. Waits only where a limit must ask Redis. */
  const limit = (
    asked: Asked,
    rule: RouteRule,
    network: string,
    from: number,
    tightest: Verdict | undefined,
  ): Decision | Promise<Decision> => {
    let least = tightest;
    for (let index = from; index < rule.limits.length; index += 1) {
      const name = rule.limits[index];
      if (asked.isInner === true && name !== undefined && countsEveryRequest.has(name)) continue;
      const key = name === undefined ? undefined : keyOf(keys, policies[name].key, asked, network);
      if (name === undefined || key === undefined) continue;
      const verdict = limiter.consume(name, key);
      if (verdict instanceof Promise) {
        return verdict.then((counted) =>
          counted.allowed
            ? limit(asked, rule, network, index + 1, tighter(least, counted))
            : rateLimited(control, rule.class, counted),
        );
      }
      if (!verdict.allowed) return rateLimited(control, rule.class, verdict);
      least = tighter(least, verdict);
    }
    return take(rule, least);
  };

  const ruleFor = (asked: Asked, route: string | undefined): RouteRule => {
    if (asked.method === 'OPTIONS') return preflightRuleOf(asked.header('access-control-request-method') ?? '', route);
    const rule = ruleOf(asked.method, route);
    if (rule.bearer === undefined || presents === undefined || presents(rule.bearer, asked)) return rule;
    return strangers;
  };

  return (asked, route) => {
    const rule = ruleFor(asked, route);
    const switched = switches?.refusalFor(rule.class, asked.method, asked.path);
    if (switched !== undefined) {
      switchedTotal.inc({ class: classNames[rule.class] });
      return { refusal: refusals.switched(switched) };
    }
    const cause = shedder.cause(rule.class, rule.uses);
    if (cause !== undefined) {
      shedTotal.inc({ class: classNames[rule.class], cause });
      return { refusal: refusals.overloaded(shedder.retryAfterSeconds(cause)) };
    }
    const overEventLimit = perEventCheck?.(asked, rule);
    if (overEventLimit !== undefined) return overEventLimit;
    return rule.limits.length === 0 ? take(rule, undefined) : limit(asked, rule, networkOf(asked), 0, undefined);
  };
}

function tighter(one: Verdict | undefined, other: Verdict): Verdict {
  return one === undefined || other.remaining < one.remaining ? other : one;
}
