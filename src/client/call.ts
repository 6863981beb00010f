import type { CallAnswer, CallInput, OperationFacts, Signal } from './operation.ts';
import { AntreProblem } from './problem.ts';

/** Options of a client's calls; every limit has its default here. */
export type ClientOptions = {
  /** The address of the service, such as `https://tickets.example`. */
  readonly url: string;
  /** The credential: a token of a session, key, device, buyer or order. A function is called for each call. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>);
  /** Further tries after a refusal that names a time, or a lost connection. Default: 3. */
  readonly retriesMax?: number;
  /** The longest wait before another try, in seconds; a refusal that asks for more is thrown. Default: 30. */
  readonly retryWaitSecondsMax?: number;
  /** The longest time of one try, in milliseconds. Default: 15,000. */
  readonly timeoutMs?: number;
  /** Another `fetch`, for agents and tests. */
  fetch?(this: void, url: string, init: object): Promise<FetchAnswer>;
};

/** The part of a `Response` that the client uses. */
export type FetchAnswer = {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
};

const defaults = { retriesMax: 3, retryWaitSecondsMax: 30, timeoutMs: 15_000 };
const firstWaitSeconds = 0.5;
/** Waits differ by up to this part, so that clients that were refused together do not return together. */
const jitterShare = 0.25;
/** No answer, or one that says that the service is away. A proxy before it has further words for this. */
const awayStatuses: readonly number[] = [0, 502, 503, 504];

/** Makes one call, with further tries where repeating is safe. @throws AntreProblem */
export async function call(
  facts: OperationFacts,
  input: CallInput,
  options: ClientOptions,
): Promise<CallAnswer<unknown>> {
  const { retriesMax = defaults.retriesMax, retryWaitSecondsMax = defaults.retryWaitSecondsMax } = options;
  const request = await requestOf(facts, input, options);
  for (let tries = 0; ; tries += 1) {
    try {
      return await tryOnce(request, input, options);
    } catch (error) {
      const waitSeconds = error instanceof AntreProblem ? waitBefore(error, facts, tries) : undefined;
      if (tries >= retriesMax || waitSeconds === undefined || waitSeconds > retryWaitSecondsMax) throw error;
      await pause(waitSeconds * (1 + Math.random() * jitterShare) * 1000, input.signal);
    }
  }
}

type Prepared = { readonly url: string; readonly init: object };

async function requestOf(facts: OperationFacts, input: CallInput, { url, token }: ClientOptions): Promise<Prepared> {
  const path = facts.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = input.path?.[name];
    if (value === undefined || value === '') throw new TypeError(`path.${name} is missing`);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {}))
    if (value !== undefined) query.set(name, String(value));
  const headers: Record<string, string> = { accept: 'application/json, application/problem+json, */*;q=0.5' };
  for (const [name, value] of Object.entries(input.headers ?? {})) if (value !== undefined) headers[name] = value;
  const isFile = input.body instanceof Uint8Array;
  if (input.body !== undefined) headers['content-type'] = isFile ? 'application/octet-stream' : 'application/json';
  if (facts.keyed) headers['idempotency-key'] = input.idempotencyKey ?? globalThis.crypto.randomUUID();
  if (facts.secured !== undefined) {
    const own = facts.secured === 'always' ? token : undefined;
    const credential = input.token ?? (typeof own === 'function' ? await own() : own);
    if (credential !== undefined) headers['authorization'] = `Bearer ${credential}`;
  }
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  return {
    url: `${url.replace(/\/+$/, '')}${path}${search}`,
    init: {
      method: facts.method ?? 'GET',
      headers,
      ...(input.body === undefined ? {} : { body: isFile ? input.body : JSON.stringify(input.body) }),
    },
  };
}

async function tryOnce(
  { url, init }: Prepared,
  { signal, timeoutMs }: CallInput,
  options: ClientOptions,
): Promise<CallAnswer<unknown>> {
  const { fetch = globalThis.fetch } = options;
  signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(timeoutMs ?? options.timeoutMs ?? defaults.timeoutMs);
  let response: FetchAnswer;
  let data: unknown;
  try {
    response = await fetch(url, {
      ...init,
      signal: signal === undefined ? deadline : AbortSignal.any([signal as AbortSignal, deadline]),
    });
    data = await contentOf(response);
  } catch (error) {
    signal?.throwIfAborted();
    throw new AntreProblem({ detail: 'The service did not answer.' }, 0, undefined, error);
  }
  if (response.ok || response.status === 304) return { data, status: response.status, headers: response.headers };
  const details = typeof data === 'object' && data !== null && !(data instanceof Uint8Array) ? data : {};
  throw new AntreProblem(details as Record<string, unknown>, response.status, retryAfterOf(response.headers));
}

/** JSON as a value, text as a string, everything else as bytes; undefined without content. */
async function contentOf(response: FetchAnswer): Promise<unknown> {
  if (response.status === 204 || response.status === 304) return undefined;
  const type = response.headers.get('content-type') ?? '';
  if (/[/+]json\b/.test(type)) return response.json();
  if (/^text\/|svg/.test(type)) return response.text();
  const bytes = new Uint8Array(await response.arrayBuffer());
  return bytes.length === 0 && type === '' ? undefined : bytes;
}

function retryAfterOf(headers: FetchAnswer['headers']): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/**
 * Seconds until another try, or undefined if another try is wrong. A 429 was refused before anything was done. After an
 * answer that says that the service is away, or a lost connection, the first try may have been done, so only calls that
 * are safe to repeat are sent again.
 */
function waitBefore(problem: AntreProblem, facts: OperationFacts, tries: number): number | undefined {
  const wait = problem.retryAfterSeconds ?? firstWaitSeconds * 2 ** tries;
  // `idempotency.in_progress`: the first try with this key is still running.
  if (problem.status === 429 || problem.code === 'idempotency.in_progress') return wait;
  const isRepeatable = facts.method !== 'POST' && facts.method !== 'PATCH' ? true : facts.keyed === true;
  return isRepeatable && awayStatuses.includes(problem.status) ? wait : undefined;
}

function pause(ms: number, signal: Signal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}
