import type { Config } from '../../config.ts';
import type { PresentsCredential } from '../../http/hot-path/hot-request.ts';
import { type CredentialSecrets, bearerOf, createIsOurs } from './credential.ts';
import { carriesOrderCredential } from '../buyers/order-access.ts';

const orderPath = /^\/v1\/orders\/(ord_[0-9A-HJKMNP-TV-Z]{28})(?:\/|$)/;

/** Tells requests with a credential of ours from strangers', without a query. */
export function createPresentsCredential(
  config: CredentialSecrets & Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'>,
): PresentsCredential {
  const isOurs = createIsOurs(config);
  return (kind, request) => {
    if (kind === 'order') {
      const [, orderId] = orderPath.exec(request.path) ?? [];
      return orderId !== undefined && carriesOrderCredential({ req: request }, { config }, orderId);
    }
    const credential = bearerOf(request.header('authorization'));
    return credential !== undefined && isOurs(credential);
  };
}
