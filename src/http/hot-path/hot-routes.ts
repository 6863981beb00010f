import type { IncomingMessage, ServerResponse } from 'node:http';
import { newId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import { withinTrace } from '../../platform/tracing/scope.ts';
import { type Answer, sendAnswer } from './answer.ts';
import { type HotRequest, hotRequestOf } from './hot-request.ts';
import { createObserveRequest } from '../server/observe-request.ts';
import { type ProblemCatalogue, createRenderError } from '../problem.ts';

/**
 * The few writes of a rush, answered without the router. They are matched by exact address. Traffic control, metrics
 * and the log treat them like all requests. The router has the same handlers, for other spellings of the address and
 * for the contract.
 */
export type HotRoute = {
  readonly method: 'POST';
  /** The pattern in metrics and logs. */
  readonly route: string;
  /** The variable part of the path; undefined if the path does not belong to this route. */
  readonly match: (path: string) => string | undefined;
  /** @throws DomainError */
  readonly answer: (request: HotRequest, variable: string) => Promise<Answer>;
};

type Decision = {
  readonly refusal?: Answer | undefined;
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** The request has none of our credentials where one is needed. Its failure was counted when it arrived. */
  readonly isStranger?: boolean;
};

export type HotRoutesDeps = {
  readonly routes: readonly HotRoute[];
  /** @param route the pattern of the route, as in metrics */
  readonly decide: (request: HotRequest, route: string) => Decision | Promise<Decision>;
  /** Replaces the answer to this error for clients that fail too often; undefined for all others. */
  readonly refuseFailure?: (error: unknown, request: HotRequest) => Promise<Answer | undefined> | undefined;
  readonly log: Log;
  readonly problems: ProblemCatalogue;
  /** Headers that tell pages of other origins what they may read. */
  readonly crossOrigin: (origin: string | undefined) => Readonly<Record<string, string>> | undefined;
};

/** Returns false for a request that belongs to no hot route; the router then answers it. */
export type HotRoutes = { take(incoming: IncomingMessage, outgoing: ServerResponse): boolean };

/**
 * The unread rest of a refused body is discarded as it arrives. A request with a longer body, or without a stated length, goes
 * through the router, which closes the connection if the client keeps sending.
 */
const unreadBytesMax = 64 * 1024;
const plainHost = /^[\w.:[\]-]{1,255}$/;

export function createHotRoutes(deps: HotRoutesDeps): HotRoutes {
  const renderError = createRenderError(deps.problems, deps.log);
  const observe = createObserveRequest(deps.log);

  const work = async (
    request: HotRequest,
    { route, method, answer }: HotRoute,
    variable: string,
    { fields, isStranger = false }: Decision,
  ): Promise<Answer> => {
    const { requestId, trace, answered } = observe(undefined, request.header('traceparent'), true);
    let given: Answer;
    try {
      const { status, headers, body } = await (trace === undefined
        ? answer(request, variable)
        : withinTrace(trace, () => answer(request, variable)));
      given = {
        status,
        body,
        headers: {
          'content-type': 'application/json',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          'x-request-id': requestId,
          ...fields,
          ...headers,
        },
      };
    } catch (error) {
      const refusal = isStranger ? undefined : deps.refuseFailure?.(error, request);
      given = (refusal && (await refusal)) ?? renderError(error, requestId, fields);
    }
    answered(route, method, given.status, madeBy(given));
    return given;
  };

  /** Synchronous if the decision is: a refusal is then sent in the same turn of the loop. */
  const decide = (request: HotRequest, route: HotRoute, variable: string): Answer | Promise<Answer> => {
    const go = (decision: Decision) => decision.refusal ?? work(request, route, variable, decision);
    const asked = deps.decide(request, route.route);
    return asked instanceof Promise ? asked.then(go) : go(asked);
  };

  const serve = (incoming: IncomingMessage, outgoing: ServerResponse, route: HotRoute, variable: string): void => {
    const shared = deps.crossOrigin(incoming.headers.origin);
    const send = (answer: Answer) => sendAnswer(outgoing, answer, shared);
    // Only a bug gets here. It must neither end the process nor leave its client waiting.
    const fail = (error: unknown) => {
      const answer = renderError(error, newId('req'));
      if (outgoing.headersSent) outgoing.destroy();
      else send(answer);
    };
    try {
      const answer = decide(hotRequestOf(incoming, incoming.url ?? ''), route, variable);
      if (answer instanceof Promise) answer.then(send).catch(fail);
      else send(answer);
    } catch (error) {
      fail(error);
    }
  };

  return {
    take: (incoming, outgoing) => {
      if (incoming.method !== 'POST' || !isOrdinary(incoming)) return false;
      const path = incoming.url ?? '';
      for (const route of deps.routes) {
        const variable = route.match(path);
        if (variable === undefined) continue;
        serve(incoming, outgoing, route, variable);
        return true;
      }
      return false;
    },
  };
}

/** The id of the object that an answer says was created. */
function madeBy({ headers }: Answer): string | undefined {
  const location = headers?.['location'];
  return location?.slice(location.lastIndexOf('/') + 1);
}

/** Whether a request has an ordinary host and no body. All others go to the router. */
export function isPlain({ headers }: IncomingMessage): boolean {
  return (
    headers.host !== undefined &&
    plainHost.test(headers.host) &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined
  );
}

/** Leaves unusual addresses to the router, which normalises or refuses them. */
export function isOrdinary({ headers }: IncomingMessage): boolean {
  return (
    headers.host !== undefined &&
    plainHost.test(headers.host) &&
    headers['transfer-encoding'] === undefined &&
    Number(headers['content-length'] ?? 0) <= unreadBytesMax
  );
}
