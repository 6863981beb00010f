import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { widerNetworkOf } from '../../http/server/client-network.ts';
import { hmacSha256Text } from '../../platform/crypto.ts';
import type { HotRequest } from '../../http/hot-path/hot-request.ts';
import type { KeyKind } from './policies.ts';

/** Keys by which requests are counted. All are hashes: Redis holds no address and no credential. */
export type Keys = {
  network(network: string): string;
  credential(authorization: string): string;
  callback(network: string, path: string): string;
};

const rememberedMax = 20_000;
/** Strangers may send callbacks to addresses of any length. */
const rememberedLengthMax = 200;
const keyLength = 22;

/** @param hashSecret keys the hash of networks, because there are few enough networks to try them all */
export function createKeys(hashSecret: string): Keys {
  const remembering = (kind: string): ((text: string) => string) => {
    const remembered = new LRUCache<string, string>({ max: rememberedMax });
    return (text) => {
      const known = remembered.get(text);
      if (known !== undefined) return known;
      const key = hmacSha256Text(hashSecret, `${kind}\0${text}`).slice(0, keyLength);
      if (text.length <= rememberedLengthMax) remembered.set(text, key);
      return key;
    };
  };
  const callback = remembering('callback');
  return {
    network: remembering('network'),
    credential: (authorization) => hash('sha256', withoutScheme(authorization), 'base64url').slice(0, keyLength),
    callback: (address, path) => callback(`${address}\0${path}`),
  };
}

/** The scheme may be written in 64 ways, each of which would have a limit of its own. */
function withoutScheme(authorization: string): string {
  return authorization.slice(authorization.indexOf(' ') + 1);
}

/** The key by which a limit counts the request; undefined if the request has none. */
export function keyOf(
  keys: Keys,
  kind: KeyKind,
  asked: Pick<HotRequest, 'header'>,
  network: string,
): string | undefined {
  if (kind === 'network') return keys.network(network);
  if (kind === 'wider_network') {
    const wider = widerNetworkOf(network);
    return wider === undefined ? undefined : keys.network(wider);
  }
  const authorization = asked.header('authorization');
  return authorization === undefined ? undefined : keys.credential(authorization);
}
