import { widerNetworkOf } from '../../http/server/client-network.ts';
import { keyedHash } from '../buyers/buyer-key.ts';

/** A try about an address; strangers may make tries, too. All keys are keyed hashes. */
export type Try = {
  /** The address, known or not. */
  readonly target: string;
  /** The address with this network. */
  readonly here: string;
  /** The address with the wider network. */
  readonly around: string;
  /** The key of a client that was used with the address before. */
  readonly knownClient?: string | undefined;
  /** Whether the address was used from this network before. Called only if the answer matters. */
  readonly isKnownNetwork?: () => Promise<boolean>;
};

/**
 * Counts tries; `src/compose.ts` passes it in. A known client, a known network and the first try of a network pass,
 * whatever strangers do. `retryAfterSeconds` does not reveal which count was reached.
 */
export type TryLimiter = {
  consume(one: Try): Promise<{ readonly allowed: boolean; readonly retryAfterSeconds: number }>;
  /** Resets the counts after a success. */
  reset(one: Try): Promise<void>;
};

/**
 * @param what the kind of try; each kind is counted separately
 * @param network the client's network, from `createClientNetwork`
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
