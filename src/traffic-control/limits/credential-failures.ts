import type { Answer } from '../../http/hot-path/answer.ts';
import { type ClientNetwork, widerNetworkOf } from '../../http/server/client-network.ts';
import { DomainError } from '../../platform/errors.ts';
import type { TrafficControl } from '../create-traffic-control.ts';
import { type Asked, limitedAnswer } from '../decision.ts';

/** Codes of credentials that are not ours, or no longer valid. */
const failures: ReadonlySet<string> = new Set([
  'access.unauthenticated',
  'access.link_invalid',
  'queue.place_invalid',
  'queue.pass_invalid',
]);

/**
 * The answer to a network that has sent too many invalid credentials. Undefined for every other error, and below the
 * limit. It only replaces a refusal, so a valid credential is never refused because of its neighbours.
 */
export type RefuseFailure = (error: unknown, asked: Asked) => Promise<Answer | undefined> | undefined;

export function createRefuseFailure(control: TrafficControl, networkOf: ClientNetwork): RefuseFailure {
  const { limiter, keys } = control;

  const count = async (asked: Asked): Promise<Answer | undefined> => {
    const network = networkOf(asked);
    const wider = widerNetworkOf(network);
    const own = await limiter.consume('credential_failures', keys.network(network));
    if (!own.allowed) return limitedAnswer(control, 5, own).refusal;
    if (wider === undefined) return undefined;
    const around = await limiter.consume('credential_failures_wide', keys.network(wider));
    return around.allowed ? undefined : limitedAnswer(control, 5, around).refusal;
  };

  return (error, asked) => (error instanceof DomainError && failures.has(error.code) ? count(asked) : undefined);
}
