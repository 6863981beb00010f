import type { ClientNetwork } from '../../http/server/client-network.ts';
import { eventSlugHeader } from '../../http/hot-path/event-slug.ts';
import type { DomainError } from '../../platform/errors.ts';
import type { TrafficControl } from '../create-traffic-control.ts';
import { type Asked, type Decision, limitedAnswer } from '../decision.ts';
import { keyOf } from '../limits/keys.ts';
import type { RouteRule } from '../route-rules.ts';

/** Of those refused with the crowd of an event, who are counted by the limits. */
const crowdCountedShare = 0.1;

/** Why an order of this event would be refused now, whatever it holds. */
export type FullFor = (slug: string) => Pick<DomainError, 'retryAfterSeconds'> | undefined;

/** Refuses who belongs to the crowd of one event; undefined for everybody else. */
export type Crowd = (asked: Asked, rule: RouteRule) => Decision | undefined;

/**
 * Who presses again and again in a crowd is limited for it, and has no better chance than who waits: one in ten of these
 * refusals counts, which finds out a machine in seconds and costs a tenth; who is over a limit is then told that. The
 * others are refused without a look at where they come from: in a great crowd nearly each is from a network not seen
 * before, and its key costs a fifth of a refusal.
 */
export function createCrowd(control: TrafficControl, networkOf: ClientNetwork, fullFor: FullFor): Crowd {
  const { limiter, refusals, keys, policies } = control;

  /** Counts one who is refused anyway; the limit it is over, as far as that is known without waiting. */
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
    const counted = Math.random() < crowdCountedShare ? countedOf(asked, rule) : undefined;
    return counted ?? { refusal: refusals.crowded(full.retryAfterSeconds ?? 1) };
  };
}
