import type { ClientNetwork } from '../../http/server/client-network.ts';
import { eventSlugHeader } from '../../http/hot-path/event-slug.ts';
import type { DomainError } from '../../platform/errors.ts';
import type { TrafficControl } from '../create-traffic-control.ts';
import { type Asked, type Decision, limitedAnswer } from '../decision.ts';
import { keyOf } from '../limits/keys.ts';
import type { RouteRule } from '../route-rules.ts';

/** The part of these refusals that counts against the client's rate limits. */
const countedShare = 0.1;

/** Why an order for this event would be refused now, whatever its content. */
export type FullFor = (slug: string) => Pick<DomainError, 'retryAfterSeconds'> | undefined;

/** Refuses a request beyond the per-event limit; undefined for all others. */
export type PerEventCheck = (asked: Asked, rule: RouteRule) => Decision | undefined;

/**
 * Checks the per-event limit by the header of a request, before its body is read. One in ten refusals counts against the
 * rate limits of the client, and the client is told when it is over one. Repeating the request therefore gives no better
 * chance than waiting; a program is found within seconds, at a tenth of the cost. The other refusals do not look at the
 * network: under heavy demand nearly every network is new, and its key would cost a fifth of a refusal.
 */
export function createPerEventCheck(
  control: TrafficControl,
  networkOf: ClientNetwork,
  fullFor: FullFor,
): PerEventCheck {
  const { limiter, refusals, keys, policies } = control;

  /** Counts a request that is refused anyway. Returns the limit it exceeds, if this is known without waiting. */
  const countedOf = (asked: Asked, rule: RouteRule): Decision | undefined => {
    const network = networkOf(asked);
    for (const name of rule.limits) {
      const key = keyOf(keys, policies[name].key, asked, network);
      const verdict = key === undefined ? undefined : limiter.consume(name, key);
      if (verdict !== undefined && !(verdict instanceof Promise) && !verdict.allowed) {
        return limitedAnswer(control, rule.class, verdict);
      }
    }
    return undefined;
  };

  return (asked, rule) => {
    const slug = rule.isOfEvent === true ? asked.header(eventSlugHeader) : undefined;
    const full = slug === undefined ? undefined : fullFor(slug);
    if (full === undefined) return undefined;
    const counted = Math.random() < countedShare ? countedOf(asked, rule) : undefined;
    return counted ?? { refusal: refusals.overEventLimit(full.retryAfterSeconds ?? 1) };
  };
}
