import { invariant } from '../../platform/assert.ts';
import type { GuardedGateway } from './gateway.ts';

/** All gateways as one: each call goes to the gateway at which its account is. */
export function dispatchByAccount(gateways: ReadonlyMap<string, GuardedGateway>): GuardedGateway {
  const at = ({ gateway: name }: { readonly gateway: string }): GuardedGateway => {
    const gateway = gateways.get(name);
    invariant(gateway !== undefined, 'an account is at a gateway that was opened');
    return gateway;
  };
  return {
    acquire: async (account, partition, repeated) => at(account).acquire(account, partition, repeated),
    create: (account, request) => at(account).create(account, request),
    fetch: (account, attemptId) => at(account).fetch(account, attemptId),
    close: (account, attempt) => at(account).close(account, attempt),
    voidCapture: (account, attemptId) => at(account).voidCapture(account, attemptId),
    refund: (account, refund) => at(account).refund(account, refund),
  };
}
