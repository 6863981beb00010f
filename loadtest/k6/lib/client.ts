import http, { type RefinedResponse } from 'k6/http';
import { Counter, Rate, type Trend } from 'k6/metrics';
import { networkAddress } from './data.ts';
import { settings } from './settings.ts';

export type Reply = RefinedResponse<'text'>;
export type Call = {
  /** The route as a pattern: one name in the results however many ids there are. */
  readonly route: string;
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Gets the time of this call, beside the run's own figures. */
  readonly trend?: Trend;
  /** Which buyer's network it comes from. */
  readonly network?: number;
};

/** Answers that nobody has explained: a 5xx other than a 503 that says when to come back. */
const unexplained = new Counter('unexplained_5xx');
/** Share of calls that were refused for load or limits: 429, or 503 with Retry-After. */
const refused = new Rate('refused');

/** One call to the service. A 304, 409 or 429 is an answer; whether it was the wanted one is for the caller's checks. */
export function callApi(call: Call): Reply {
  const reply = send(settings.api, 'api', call);
  const isRefusal = reply.status === 429 || (reply.status === 503 && reply.headers['Retry-After'] !== undefined);
  refused.add(isRefusal);
  if (reply.status >= 500 && !isRefusal) unexplained.add(1, { route: call.route, status: String(reply.status) });
  call.trend?.add(reply.timings.duration);
  return reply;
}

/** One call to the service before the load: it is in no figure. */
export function callForSetup(call: Call): Reply {
  return send(settings.api, 'setup', call);
}

/** One call to the sandbox, which plays the outside world. */
export function callSandbox(call: Call): Reply {
  return send(settings.sandbox, 'sandbox', call);
}

function send(origin: string, kind: 'api' | 'sandbox' | 'setup', call: Call): Reply {
  const method = call.method ?? 'GET';
  const forwarded = networkAddress(call.network);
  const headers = {
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
    ...call.headers,
  };
  return http.request(method, `${origin}${call.path}`, call.body === undefined ? null : JSON.stringify(call.body), {
    headers,
    responseType: 'text',
    timeout: '10s',
    redirects: 0,
    tags: { kind, name: `${method} ${call.route}` },
  });
}

/** What stands at a path of a JSON answer, or undefined. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const name of path) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined;
  }
  return found;
}

/** The answer's JSON, or undefined when it is none. */
export function json(reply: Reply): unknown {
  try {
    return reply.body === '' ? undefined : JSON.parse(reply.body);
  } catch {
    return undefined;
  }
}

/** The `data` of a list. */
export function listOf(reply: Reply): readonly unknown[] {
  const data = at(json(reply), 'data');
  return Array.isArray(data) ? data : [];
}
