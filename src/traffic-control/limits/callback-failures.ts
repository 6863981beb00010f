import type { Answer } from '../../http/hot-path/answer.ts';
import type { HotRequest } from '../../http/hot-path/hot-request.ts';
import { type ClientNetwork, widerNetworkOf } from '../../http/server/client-network.ts';
import { asClass } from '../concurrency/index.ts';
import type { TrafficControl } from '../create-traffic-control.ts';
import { rateLimited } from '../decision.ts';
import type { Verdict } from './limiter.ts';
import type { PolicyName } from './policies.ts';

/** The outcome of a callback. A failure counts against its sender unless the sender was verified. */
type Outcome = { readonly status: number; readonly isVerified: boolean };

/** Runs the work of a callback in its class. Answers a refusal, and does not run it, for a sender that failed too often. */
export type LimitCallbackFailures = (request: HotRequest, work: () => Promise<Outcome>) => Promise<Answer | undefined>;

/** Callbacks are never shed. Senders of callbacks that do not verify are limited, whatever answer they got. */
export function limitCallbackFailures(control: TrafficControl, networkOf: ClientNetwork): LimitCallbackFailures {
  const { limiter, keys } = control;

  const countedBy = (request: HotRequest): readonly (readonly [PolicyName, string])[] => {
    const network = networkOf(request);
    const wider = widerNetworkOf(network);
    return [
      ['callback_failures', keys.callback(network, request.path)],
      ['callback_failures_network', keys.network(network)],
      ...(wider === undefined ? [] : [['callback_failures_network_wide', keys.network(wider)] as const]),
    ];
  };

  return async (request, work) => {
    const counted = countedBy(request);
    const denied = counted.reduce<Verdict | undefined>(
      (found, [name, key]) => found ?? limiter.denied(name, key),
      undefined,
    );
    if (denied !== undefined) return rateLimited(control, 0, denied).refusal;
    const { status, isVerified } = await asClass(0, work);
    if (status < 400 || isVerified) return undefined;
    for (const [name, key] of counted) await limiter.consume(name, key);
    return undefined;
  };
}
