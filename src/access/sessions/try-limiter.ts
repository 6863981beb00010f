import { widerNetworkOf } from '../../http/server/client-network.ts';
import { keyedHash } from '../buyers/buyer-key.ts';

/** Who tries something about an address that strangers may try, too: all keys are keyed hashes. */
export type Try = {
  /** The address, known or not. */
  readonly target: string;
  /** The address, tried from this network. */
  readonly here: string;
  /** The address, tried from this network and those around it. */
  readonly around: string;
  /** A client that has been used with the address before. */
  readonly knownClient?: string | undefined;
  /** Whether the address has been used from this network before; asked only when it makes a difference. */
  readonly isKnownNetwork?: () => Promise<boolean>;
};

/**
 * Counts tries; built by whoever composes the service. Whatever strangers do, a known client, a known network and a network's
 * first try go through. `retryAfterSeconds` is meant for who is refused, whichever of the counts it was.
 */
export type TryLimiter = {
  consume(one: Try): Promise<{ readonly allowed: boolean; readonly retryAfterSeconds: number }>;
  /** Forgives what was counted, after a try that was right. */
  reset(one: Try): Promise<void>;
};

/**
 * @param what the kind of try, so that one kind counts nothing for another
 * @param network the client's, as `createClientNetwork` names it
 */
export function tryOf(
  secret: string,
  what: string,
  target: string,
  network: string,
): Pick<Try, 'target' | 'here' | 'around'> {
  const keyOf = (text: string) => keyedHash(secret, `${what}:${target}\0${text}`);
  return { target: keyOf(''), here: keyOf(network), around: keyOf(widerNetworkOf(network) ?? network) };
}
