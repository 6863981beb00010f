import type { HotRequest } from '../http/hot-request.ts';
import type { ClientNetwork } from '../http/client-network.ts';
import { eventSlugHeader } from '../http/event-slug.ts';
import type { DomainError } from '../platform/errors.ts';
import type { TrafficControl } from './create-traffic-control.ts';
import type { Keys } from './keys.ts';
import type { Verdict } from './limiter.ts';
import { limitedTotal, shedTotal, switchedTotal } from './metrics.ts';
import { type KeyKind, type RouteClass, type RouteRule, ruleOf } from './policies.ts';
import { rateLimitField } from './refusals.ts';

export type Asked = Pick<HotRequest, 'method' | 'path' | 'header' | 'remoteAddress'>;

/** Whether a request is taken up, and what its answer says of its limits. */
export type Decision =
  | { readonly refusal: Response; readonly fields?: undefined }
  | { readonly refusal?: undefined; readonly fields?: Readonly<Record<string, string>> };

export type Decide = (asked: Asked) => Decision | Promise<Decision>;

const classNames = ['C0', 'C1', 'C2', 'C3', 'C4', 'C5'] as const;
const taken: Decision = {};
/** Of those refused with the crowd of an event, who are counted by the limits. */
const crowdCountedShare = 0.1;

/** Why an order of this event would be refused now, whatever it holds. */
export type FullFor = (slug: string) => Pick<DomainError, 'retryAfterSeconds'> | undefined;

/**
 * The first decision about a request of any class but callbacks: class by address, then what operators have switched,
 * then overload, of everything and of the event, then limits, before body, credentials and log. Without a question to
 * Redis it is made without waiting. Refusals are finished answers.
 */
export function createDecide(control: TrafficControl, networkOf: ClientNetwork, fullFor?: FullFor): Decide {
  const { limiter, shedder, refusals, keys, policies, switches } = control;

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

  /**
   * Who presses again and again in a crowd is limited for it, and has no better chance than who waits: one in ten of these
   * refusals counts, which finds out a machine in seconds and costs a tenth. Who is over a limit is told that.
   */
  const crowdOf = (asked: Asked, rule: RouteRule): Decision | undefined => {
    const slug = rule.isOfEvent === true ? asked.header(eventSlugHeader) : undefined;
    const full = slug === undefined ? undefined : fullFor?.(slug);
    if (full === undefined) return undefined;
    const network = networkOf(asked);
    for (const name of rule.limits) {
      const key = keyOf(keys, policies[name].key, asked, network);
      if (key === undefined) continue;
      const denied = limiter.denied(name, key);
      if (denied !== undefined) return limitedAnswer(control, rule.class, denied);
      if (Math.random() < crowdCountedShare) void limiter.consume(name, key);
    }
    return { refusal: refusals.crowded(full.retryAfterSeconds ?? 1) };
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
    const crowded = crowdOf(asked, rule);
    if (crowded !== undefined) return crowded;
    return rule.limits.length === 0 ? taken : limit(asked, rule, networkOf(asked), 0, undefined);
  };
}

function tighter(one: Verdict | undefined, other: Verdict): Verdict {
  return one === undefined || other.remaining < one.remaining ? other : one;
}

function keyOf(keys: Keys, kind: KeyKind, asked: Asked, network: string): string | undefined {
  if (kind === 'network') return keys.network(network);
  const authorization = asked.header('authorization');
  return authorization === undefined ? undefined : keys.credential(authorization);
}

/** 429 for a verdict that refuses, counted. */
export function rateLimited(control: TrafficControl, routeClass: RouteClass, verdict: Verdict): { refusal: Response } {
  if (routeClass !== 0) control.shedder.refusedLater(routeClass);
  return limitedAnswer(control, routeClass, verdict);
}

function limitedAnswer(control: TrafficControl, routeClass: RouteClass, verdict: Verdict): { refusal: Response } {
  limitedTotal.inc({ class: classNames[routeClass], policy: verdict.policy.name });
  return { refusal: control.refusals.rateLimited(verdict) };
}
