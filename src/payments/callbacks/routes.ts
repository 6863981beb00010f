import { Hono } from 'hono';
import { type Answer, responseOf, sendAnswer } from '../../http/hot-path/answer.ts';
import { type HotRequest, hotRequestOf, hotRequestOfContext } from '../../http/hot-path/hot-request.ts';
import { type HotRoutes, isOrdinary } from '../../http/hot-path/hot-routes.ts';
import { problemAnswer, toDomainError } from '../../http/problem.ts';
import { markVerified } from '../../http/request-context.ts';
import type { AppEnv } from '../../http/contract/router.ts';
import { dataFault } from '../../platform/database/db-errors.ts';
import { DomainError, serviceUnavailable } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import { withinTrace } from '../../platform/tracing/scope.ts';
import { beginTrace, endTrace, isTracing } from '../../platform/tracing/trace.ts';
import { callbackMalformed, callbackSignatureInvalid, callbackTooLarge, paymentProblems } from '../errors.ts';
import type { GatewayPlugin } from '../gateways/gateway-plugin.ts';
import { gatewayPlugins } from '../gateways/registry.ts';
import { callbackBytesMax } from '../limits.ts';
import { callbacksReceived } from '../metrics.ts';
import { type ReceiveDeps, type Received, receiveCallback } from './receive-callback.ts';

/**
 * The hot write of this room: raw bytes in, no schema, no middleware, and answers that are returned instead of thrown.
 * Callbacks write no log line of their own; `payment_callbacks_total` counts them. Mounted before every middleware.
 *
 * The status code decides how often a gateway tries again. The strictest we know never tries again after 200, twice
 * after 400, four times after 503 and only once after 500, so there is no 500 here. Correctly signed callbacks always
 * get 200, even if they are not about us: the account may serve other shops, and the gateway's dashboard sends tests.
 * No callback can arrive before our own commit, because an attempt is written before the gateway hears of it.
 */
export function callbackRoutes(deps: CallbackDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  for (const gateway of gatewayPlugins) {
    app.post(gateway.callbackPath, async (c) => {
      const organizerSlug = c.req.param('organizerSlug') ?? '';
      const { answer, isVerified } = await handle(deps, { gateway, organizerSlug }, hotRequestOfContext(c));
      if (isVerified) markVerified(c);
      return responseOf(answer);
    });
  }
  return app;
}

export type CallbackDeps = ReceiveDeps & { readonly log: Log };

const slugParameter = ':organizerSlug';
const plainSlug = /^[a-z0-9-]{1,64}$/;

/**
 * Handles callbacks with an ordinary address and body on the connection, without the router. A rush of payments is a
 * rush of callbacks, and the router takes as much processor time for one as everything else together.
 */
export function hotCallbacks(deps: CallbackDeps & { readonly limitFailures: LimitFailures }): HotRoutes {
  const known = gatewayPlugins.flatMap((gateway) =>
    gateway.callbackPath.endsWith(`/${slugParameter}`)
      ? [{ gateway, prefix: gateway.callbackPath.slice(0, -slugParameter.length) }]
      : [],
  );
  const serve = async (callback: Callback, request: HotRequest): Promise<Answer> => {
    let given: Answer | undefined;
    const refusal = await deps.limitFailures(request, async () => {
      const { answer, isVerified } = await handle(deps, callback, request);
      given = answer;
      return { status: answer.status, isVerified };
    });
    return given ?? refusal ?? problem(serviceUnavailable());
  };
  return {
    take: (incoming, outgoing) => {
      if (incoming.method !== 'POST' || incoming.headers.origin !== undefined || !isOrdinary(incoming)) return false;
      const path = incoming.url ?? '';
      const found = known.find(({ prefix }) => path.startsWith(prefix));
      const organizerSlug = path.slice(found?.prefix.length);
      if (found === undefined || !plainSlug.test(organizerSlug)) return false;
      serve({ gateway: found.gateway, organizerSlug }, hotRequestOf(incoming, path)).then(
        (answer) => sendAnswer(outgoing, answer),
        // Only a bug gets here. The gateway sends the callback again.
        (error: unknown) => {
          deps.log.error({ err: error }, 'a callback was not answered');
          outgoing.destroy();
        },
      );
      return true;
    },
  };
}

/** As in `limitCallbackFailures` of traffic control. */
type LimitFailures = (
  request: HotRequest,
  work: () => Promise<{ readonly status: number; readonly isVerified: boolean }>,
) => Promise<Answer | undefined>;

type Callback = { readonly gateway: GatewayPlugin; readonly organizerSlug: string };
type Handled = { readonly answer: Answer; readonly isVerified: boolean };

async function handle(deps: CallbackDeps, callback: Callback, request: HotRequest): Promise<Handled> {
  if (!isTracing()) return handleNow(deps, callback, request);
  const parent = request.header('traceparent');
  const trace = beginTrace({ kind: 'server', parent, isFromOutside: true, isHot: true });
  const handled = await withinTrace(trace, () => handleNow(deps, callback, request));
  const { status } = handled.answer;
  if (trace !== undefined)
    endTrace(trace, {
      name: `POST ${callback.gateway.callbackPath}`,
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': status },
      fault: status >= 500 ? String(status) : undefined,
    });
  return handled;
}

async function handleNow(deps: CallbackDeps, callback: Callback, request: HotRequest): Promise<Handled> {
  let isVerified = false;
  try {
    const rawBody = await request.bytes(callbackBytesMax);
    const received = await receiveCallback(deps, {
      ...callback,
      request: { rawBody, header: (name) => request.header(name.toLowerCase()) },
      onVerified: () => {
        isVerified = true;
      },
    });
    return { answer: answerTo(counted(received)), isVerified };
  } catch (error) {
    return { answer: refuse(deps.log, error, isVerified), isVerified };
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

function answerTo(received: Received): Answer {
  switch (received) {
    case 'stored':
    case 'duplicate':
    case 'test':
    case 'not_ours':
      return { status: 200, headers, body: `{"status":"${received}"}` };
    case 'unknown_attempt':
      return { status: 200, headers, body: '{"status":"not_ours"}' };
    case 'signature':
      return problem(callbackSignatureInvalid());
    case 'malformed':
      return problem(callbackMalformed());
  }
}

function refuse(log: Log, error: unknown, isVerified: boolean): Answer {
  if (error instanceof DomainError && error.code === 'request.too_large') {
    callbacksReceived.inc({ outcome: 'too_large' });
    return problem(callbackTooLarge(callbackBytesMax));
  }
  const known = toDomainError(error);
  // A genuine callback that cannot be stored is money that somebody must look for.
  if (known === undefined || (isVerified && dataFault(error) !== undefined)) {
    log.error({ err: error }, 'a callback could not be stored');
  }
  // Also answers a client that hangs up in the middle of a body, or sends something that Postgres cannot store.
  if (known?.code === 'request.invalid') return answerTo(counted('malformed'));
  callbacksReceived.inc({ outcome: 'unavailable' });
  return problem(known !== undefined && known.code in catalogue ? known : serviceUnavailable(error));
}

function problem(error: DomainError): Answer {
  return problemAnswer(error, newId('req'), catalogue);
}
