import type { Answer } from '../../http/hot-path/answer.ts';
import { problemContentType } from '../../http/problem.ts';
import { newId } from '../../platform/ids.ts';
import { type TrafficControlErrorCode, trafficProblems } from '../errors.ts';
import { eventLimitDetail } from '../limits/per-event-limit.ts';
import type { Verdict } from '../limits/limiter.ts';
import type { Policies, Policy, PolicyName } from '../limits/policies.ts';
import type { SwitchRefusal } from '../switches/switches.ts';

/**
 * Bytes of refusals, built once: a refusal must stay far cheaper than what it refuses. They carry the fields of the
 * IETF draft on rate limits (draft-ietf-httpapi-ratelimit-headers), and its `violated-policies` member.
 */
export type Refusals = {
  rateLimited(verdict: Verdict): Answer;
  overloaded(retryAfterSeconds: number): Answer;
  /** For an order beyond the limit of its event; orders for other events are served. */
  overEventLimit(retryAfterSeconds: number): Answer;
  switched(refusal: SwitchRefusal): Answer;
  /** `RateLimit-Policy` and `RateLimit` of an answer that was not refused. */
  policyField(policy: Policy): string;
};

/** The part of a window over which Retry-After of refused clients is spread. */
const jitterShare = 0.1;
const jitterSecondsMax = 10;
const switchedDetail = 'This is switched off for now. Orders and tickets are safe; try again later.';

export function createRefusals(policies: Policies): Refusals {
  const fields = new Map<PolicyName, string>();
  const bodies = new Map<PolicyName, readonly [string, string]>();
  for (const policy of Object.values(policies)) {
    fields.set(policy.name, `"${policy.name}";q=${policy.points};w=${policy.seconds}`);
    bodies.set(
      policy.name,
      problemParts({
        ...trafficProblems['traffic.rate_limited'],
        code: 'traffic.rate_limited',
        detail: 'Too many requests; try again after the time in Retry-After.',
        'violated-policies': [policy.name],
      }),
    );
  }
  const overloadedPartsOf = (detail: string) =>
    problemParts({ status: 503, title: 'Overloaded', code: 'service.overloaded', detail });
  const overloadedParts = overloadedPartsOf('The service is overloaded; try again shortly.');
  const eventLimitParts = overloadedPartsOf(eventLimitDetail);
  const switchedParts = (code: TrafficControlErrorCode) =>
    problemParts({ ...trafficProblems[code], code, detail: switchedDetail });
  const policyField = (policy: Policy): string => fields.get(policy.name) ?? '';

  return {
    policyField,
    rateLimited: (verdict) =>
      refuse(429, bodies.get(verdict.policy.name) ?? overloadedParts, retryAfter(verdict), {
        'ratelimit-policy': policyField(verdict.policy),
        ratelimit: rateLimitField(verdict),
      }),
    overloaded: (retryAfterSeconds) => refuse(503, overloadedParts, retryAfterSeconds, {}),
    overEventLimit: (retryAfterSeconds) => refuse(503, eventLimitParts, retryAfterSeconds, {}),
    switched: ({ code, retryAfterSeconds }) =>
      refuse(trafficProblems[code].status, switchedParts(code), retryAfterSeconds, {}),
  };
}

/** `RateLimit`: how much is left of which policy, and in how many seconds there is more. */
export function rateLimitField(verdict: Verdict): string {
  return `"${verdict.policy.name}";r=${verdict.remaining};t=${verdict.resetSeconds}`;
}

/** Not before the window ends, and with jitter. */
function retryAfter(verdict: Verdict): number {
  const spread = Math.min(Math.ceil(verdict.policy.seconds * jitterShare), jitterSecondsMax);
  return verdict.resetSeconds + Math.floor(Math.random() * (spread + 1));
}

/** A problem document, cut in two at the place of the request id. */
function problemParts(problem: { code: string; [member: string]: unknown }): readonly [string, string] {
  const text = JSON.stringify({ type: `urn:antre:problem:${problem.code}`, ...problem, requestId: '?' });
  const cut = text.lastIndexOf('?');
  return [text.slice(0, cut), text.slice(cut + 1)];
}

function refuse(
  status: number,
  [head, tail]: readonly [string, string],
  retryAfterSeconds: number,
  fields: Record<string, string>,
): Answer {
  const requestId = newId('req');
  return {
    status,
    body: head + requestId + tail,
    headers: {
      'content-type': problemContentType,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': requestId,
      'retry-after': String(retryAfterSeconds),
      ...fields,
    },
  };
}
