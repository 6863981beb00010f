import type { Config } from '../../config.ts';
import type { PresentsCredential } from '../../http/hot-path/hot-request.ts';
import { type CredentialSecrets, bearerOf, createIsOurs } from './credential.ts';
import { idPatterns } from '../../platform/ids.ts';
import { carriesOrderCredential } from '../buyers/order-access.ts';
import { presentedTransfer } from '../buyers/ticket-token.ts';
import { presentsWaiting } from '../buyers/waiting-token.ts';

/** `/v1/orders/{id}`, `/v1/tickets/{id}` and `/v1/waiting-list/{id}`, and everything below them. */
const subjectPath = /^\/v1\/[a-z-]+\/([^/]+)(?:\/|$)/;

/** Tells requests with one of our credentials from strangers' requests, without a query. */
export function createPresentsCredential(
  config: CredentialSecrets & Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'>,
): PresentsCredential {
  const isOurs = createIsOurs(config);
  const { ORDER_TOKEN_SECRET } = config;
  return (kind, request) => {
    const authorization = request.header('authorization');
    if (kind === 'staff') {
      const credential = bearerOf(authorization);
      return credential !== undefined && isOurs(credential);
    }
    const [, id = ''] = subjectPath.exec(request.path) ?? [];
    if (!idPatterns[kind].test(id)) return false;
    if (kind === 'ticket') return presentedTransfer(authorization, ORDER_TOKEN_SECRET, id) !== undefined;
    if (kind === 'waiting') return presentsWaiting(authorization, ORDER_TOKEN_SECRET, id);
    return carriesOrderCredential({ req: request }, { config }, id);
  };
}
