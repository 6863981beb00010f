import type { Answer } from '../http/hot-path/answer.ts';
import type { HotRequest } from '../http/hot-path/hot-request.ts';
import type { TrafficControl } from './create-traffic-control.ts';
import type { Verdict } from './limits/limiter.ts';
import { limitedTotal } from './metrics.ts';
import { type RouteClass, classNames } from './route-rules.ts';

export type Asked = Pick<HotRequest, 'method' | 'path' | 'header' | 'remoteAddress' | 'isInner'>;

/** Whether a request is served, in which class, and what its answer says about its limits. */
export type Decision =
  | { readonly refusal: Answer; readonly fields?: undefined }
  | {
      readonly refusal?: undefined;
      readonly fields?: Readonly<Record<string, string>>;
      readonly class: RouteClass;
      /** The route asks for a credential and the request has none of ours; it is counted for that. */
      readonly isStranger: boolean;
    };

/** A counted 429 for a verdict that refuses. */
export function rateLimited(control: TrafficControl, routeClass: RouteClass, verdict: Verdict): { refusal: Answer } {
  if (routeClass !== 0) control.shedder.refusedLater(routeClass);
  return limitedAnswer(control, routeClass, verdict);
}

/** A 429 for a request that is refused anyway and already counted. */
export function limitedAnswer(control: TrafficControl, routeClass: RouteClass, verdict: Verdict): { refusal: Answer } {
  limitedTotal.inc({ class: classNames[routeClass], policy: verdict.policy.name });
  return { refusal: control.refusals.rateLimited(verdict) };
}
