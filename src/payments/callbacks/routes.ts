import { type Context, Hono } from 'hono';
import { readBytes } from '../../http/hot-path/read-bytes.ts';
import { problemResponse, toDomainError } from '../../http/problem.ts';
import { isVerified, markVerified } from '../../http/request-context.ts';
import type { AppEnv } from '../../http/contract/router.ts';
import { dataFault } from '../../platform/database/db-errors.ts';
import { DomainError, serviceUnavailable } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import { callbackMalformed, callbackSignatureInvalid, callbackTooLarge, paymentProblems } from '../errors.ts';
import type { GatewayPlugin } from '../gateways/gateway-plugin.ts';
import { gatewayPlugins } from '../gateways/registry.ts';
import { callbackBytesMax } from '../limits.ts';
import { callbacksReceived } from '../metrics.ts';
import { type ReceiveDeps, type Received, receiveCallback } from './receive-callback.ts';

/**
 * The hot write of this room: raw bytes in, no schema, no middleware, and answers that are returned instead of thrown. There
 * is one log line fewer per callback; `payment_callbacks_total` counts them. Mounted before every middleware.
 *
 * The status code decides how often a gateway tries again. The strictest we know never tries again after 200, twice after
 * 400, four times after 503 and only once after 500, so there is no 500 here. What is rightly signed is always 200, also
 * when it is not about us: the account may serve other shops, and the gateway's dashboard sends tests. No callback is
 * faster than our own commit, since an attempt is written before the gateway hears of it.
 */
export function callbackRoutes(deps: ReceiveDeps & { readonly log: Log }): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  for (const gateway of gatewayPlugins) app.post(gateway.callbackPath, (c) => handle(deps, gateway, c));
  return app;
}

async function handle(
  deps: ReceiveDeps & { readonly log: Log },
  gateway: GatewayPlugin,
  c: Context<AppEnv>,
): Promise<Response> {
  try {
    const rawBody = await readBytes(c, callbackBytesMax);
    const received = await receiveCallback(deps, {
      gateway,
      organizerSlug: c.req.param('organizerSlug') ?? '',
      request: { rawBody, header: (name) => c.req.header(name) },
      onVerified: () => markVerified(c),
    });
    return answer(counted(received));
  } catch (error) {
    return refuse(c, deps.log, error);
  }
}

const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
const catalogue = {
  ...paymentProblems,
  'service.unavailable': { status: 503, title: 'Temporarily unavailable' },
  'service.overloaded': { status: 503, title: 'Overloaded' },
};

function counted(received: Received): Received {
  callbacksReceived.inc({ outcome: received });
  return received;
}

function answer(received: Received): Response {
  switch (received) {
    case 'stored':
    case 'duplicate':
    case 'test':
    case 'not_ours':
      return new Response(`{"status":"${received}"}`, { headers });
    case 'unknown_attempt':
      return new Response('{"status":"not_ours"}', { headers });
    case 'signature':
      return problem(callbackSignatureInvalid());
    case 'malformed':
      return problem(callbackMalformed());
  }
}

function refuse(c: Context<AppEnv>, log: Log, error: unknown): Response {
  if (error instanceof DomainError && error.code === 'request.too_large') {
    callbacksReceived.inc({ outcome: 'too_large' });
    return problem(callbackTooLarge(callbackBytesMax));
  }
  const known = toDomainError(error);
  // A gateway's own callback that cannot be stored is money that somebody must look for.
  if (known === undefined || (isVerified(c) && dataFault(error) !== undefined)) {
    log.error({ err: error }, 'a callback could not be stored');
  }
  // A client that hangs up in the middle of a body gets this, too, and one that sends what Postgres cannot store.
  if (known?.code === 'request.invalid') return answer(counted('malformed'));
  callbacksReceived.inc({ outcome: 'unavailable' });
  return problem(known !== undefined && known.code in catalogue ? known : serviceUnavailable(error));
}

function problem(error: DomainError): Response {
  return problemResponse(error, newId('req'), catalogue);
}
