import http, { type RefinedResponse } from 'k6/http';
import { Counter, Rate, type Trend } from 'k6/metrics';
import type { SentClass } from '../../bench/surge/mix.ts';
import { networkAddress } from './data.ts';
import { settings } from './settings.ts';

export type Reply = RefinedResponse<'text'>;
export type Call = {
  /** The route as a pattern: one name in the results for any number of ids. */
  readonly route: string;
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Gets the time of this call, in addition to the run's figures. */
  readonly trend?: Trend;
  /** The class of the mix that it belongs to, for the thresholds of each. */
  readonly class?: SentClass;
  /** The buyer whose network it comes from. */
  readonly network?: number;
};

/** Unexplained answers: a 5xx other than a 503 with Retry-After. */
const unexplained = new Counter('unexplained_5xx');
/** Share of calls refused for load or limits: 429, or 503 with Retry-After. */
const refused = new Rate('refused');

/** One call to the service. A 304, 409 or 429 is an answer. The caller checks whether it was the wanted one. */
export function callApi(call: Call): Reply {
  const reply = send(settings.api, 'api', call);
  const isRefusal = reply.status === 429 || (reply.status === 503 && reply.headers['Retry-After'] !== undefined);
  refused.add(isRefusal);
  if (reply.status >= 500 && !isRefusal) unexplained.add(1, { route: call.route, status: String(reply.status) });
  call.trend?.add(reply.timings.duration);
  return reply;
}

/** One call to the service before the load. No figure contains it. */
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
    tags: { kind, name: `${method} ${call.route}`, ...(call.class === undefined ? {} : { class: call.class }) },
  });
}

/** The value at a path of a JSON answer, or undefined. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const name of path) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined;
  }
  return found;
}

/** The answer's JSON, or undefined if it has none. */
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
