import type { ClientNetwork } from '../http/client-network.ts';
import type { TrafficControl } from './create-traffic-control.ts';
import { type FullFor, createCrowd } from './crowd.ts';
import { type Asked, type Decision, classNames, rateLimited } from './decision.ts';
import { keyOf } from './keys.ts';
import type { Verdict } from './limiter.ts';
import { shedTotal, switchedTotal } from './metrics.ts';
import { type RouteClass, type RouteRule, ruleOf } from './route-rules.ts';
import { rateLimitField } from './refusals.ts';

export type Decide = (asked: Asked) => Decision | Promise<Decision>;

const taken: Decision = {};

/**
 * The first decision about a request of any class but callbacks: class by address, then what operators have switched,
 * then overload, of everything and of the event, then limits, before body, credentials and log. Without a question to
 * Redis it is made without waiting. Refusals are finished answers.
 */
export function createDecide(control: TrafficControl, networkOf: ClientNetwork, fullFor?: FullFor): Decide {
  const { limiter, shedder, refusals, keys, policies, switches } = control;
  const crowdOf = fullFor === undefined ? undefined : createCrowd(control, networkOf, fullFor);

  const fieldsOf = (routeClass: RouteClass, tightest: Verdict | undefined): Decision =>
    // Browsing is answered from shared caches, where a count of one client's requests has no meaning.
    tightest === undefined || routeClass === 4
      ? taken
      : {
          fields: {
            'ratelimit-policy': refusals.policyField(tightest.policy),
            ratelimit: rateLimitField(tightest),
          },
        };

  /** Asks the limits from the given one on; waits only where one of them must. */
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
    return fieldsOf(rule.class, least);
  };

  return (asked) => {
    const rule = ruleOf(asked.method, asked.path);
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
    const crowded = crowdOf?.(asked, rule);
    if (crowded !== undefined) return crowded;
    return rule.limits.length === 0 ? taken : limit(asked, rule, networkOf(asked), 0, undefined);
  };
}

function tighter(one: Verdict | undefined, other: Verdict): Verdict {
  return one === undefined || other.remaining < one.remaining ? other : one;
}
