import type { IncomingMessage } from 'node:http';
import type { Log } from '../platform/log.ts';
import { type HotAnswer, type HotRequest, hotRequestOf } from './hot-request.ts';
import { observeRequest } from './observe-request.ts';
import { type ProblemCatalogue, createRenderError } from './problem.ts';

/**
 * The few writes that a rush consists of, answered without the router: matched by their exact address, decided on by
 * traffic control as everything else, observed and logged as everything else. The router has the same handlers for
 * whatever spells the address otherwise, and for the contract.
 */
export type HotRoute = {
  readonly method: 'POST';
  /** The pattern in metrics and logs. */
  readonly route: string;
  /** The variable part of a path that is this route's; undefined when it is not. */
  readonly match: (path: string) => string | undefined;
  /** @throws DomainError */
  readonly answer: (request: HotRequest, variable: string) => Promise<HotAnswer>;
};

type Decision = {
  readonly refusal?: Response | undefined;
  readonly fields?: Readonly<Record<string, string>> | undefined;
};

export type HotRoutesDeps = {
  readonly routes: readonly HotRoute[];
  readonly decide: (request: HotRequest) => Decision | Promise<Decision>;
  readonly log: Log;
  readonly problems: ProblemCatalogue;
  /** Fields that tell pages of other origins what they may read. */
  readonly crossOrigin: (origin: string | undefined) => Readonly<Record<string, string>> | undefined;
};

/** Undefined for every request that is not a hot route's: it takes the way through the router. */
export type HotRoutes = { fetch(incoming: IncomingMessage): Response | Promise<Response> | undefined };

export function createHotRoutes(deps: HotRoutesDeps): HotRoutes {
  const renderError = createRenderError(deps.problems, deps.log);

  const work = async (
    request: HotRequest,
    { route, method, answer }: HotRoute,
    variable: string,
    fields: Readonly<Record<string, string>> | undefined,
  ): Promise<Response> => {
    const { requestId, answered } = observeRequest(deps.log);
    let response: Response;
    try {
      const { status, headers, body } = await answer(request, variable);
      response = new Response(body, {
        status,
        headers: {
          'content-type': 'application/json',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          'x-request-id': requestId,
          ...fields,
          ...headers,
        },
      });
    } catch (error) {
      response = renderError(error, requestId, fields);
    }
    answered(route, method, response.status);
    return response;
  };

  /** Without waiting where the decision needs none: a refusal is then sent in the same turn of the loop. */
  const take = (incoming: IncomingMessage, path: string, route: HotRoute, variable: string) => {
    const request = hotRequestOf(incoming, path);
    const shared = deps.crossOrigin(incoming.headers.origin);
    const go = ({ refusal, fields }: Decision) =>
      refusal === undefined
        ? work(request, route, variable, shared === undefined ? fields : { ...fields, ...shared })
        : withFields(refusal, shared);
    const asked = deps.decide(request);
    return asked instanceof Promise ? asked.then(go) : go(asked);
  };

  return {
    fetch: (incoming) => {
      if (incoming.method !== 'POST') return undefined;
      const path = incoming.url ?? '';
      for (const route of deps.routes) {
        const variable = route.match(path);
        if (variable !== undefined) return take(incoming, path, route, variable);
      }
      return undefined;
    },
  };
}

function withFields(response: Response, fields: Readonly<Record<string, string>> | undefined): Response {
  for (const name in fields) response.headers.set(name, fields[name] ?? '');
  return response;
}
