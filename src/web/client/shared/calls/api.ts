import { noteServerTime } from './server-clock.ts';
import { endsAfter } from './waiting.ts';

/** The outcome of a call: an answer, a refusal with its reason, or no answer in time. */
export type Answer<Body> =
  | {
      readonly kind: 'ok';
      readonly status: number;
      readonly body: Body;
      readonly etag: string | null;
      /** It comes from the browser's own copy, because there is no network. */
      readonly isKept: boolean;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: 'unchanged'; readonly retryAfterMs: number | undefined }
  | Refusal
  | { readonly kind: 'unreachable' };
export type Refusal = {
  readonly kind: 'refused';
  readonly problem: Problem;
  readonly retryAfterMs: number | undefined;
};

export type Problem = {
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
  readonly errors: readonly { readonly path: string; readonly code?: string }[];
  readonly limit: string | undefined;
  readonly max: number | undefined;
  readonly reason: string | undefined;
  /** The category of the order that was refused. */
  readonly ticketCategoryId: string | undefined;
  /** With `access.choice_needed`: the access that the account has created and that still works, by kind. */
  readonly made: Readonly<Record<string, readonly { readonly name: string }[]>>;
  /** The present price of the order. */
  readonly total: { readonly amount: number; readonly currency: string } | undefined;
};

type Call = {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
  /** Public answers may be half a minute old in the browser; `no-cache` asks whether they still hold. */
  readonly cache?: 'default' | 'no-cache';
};

/** As long as the edge waits. A sign-in may wait for its turn nearly as long. */
export const deadlineMsDefault = 20_000;
const retryAfterMsMax = 120_000;

let carried = { below: '', token: '' };

/** From now on calls below this address carry the token, so that they succeed also in a browser that takes no cookie. */
export function carryToken(below: string, token: string): void {
  carried = { below, token };
}

/** Calls the API. Never throws, because a page must show every outcome. */
export async function call<Body = unknown>(method: string, path: string, given: Call = {}): Promise<Answer<Body>> {
  try {
    const response = await fetch(path, {
      method,
      signal: endsAfter(given.deadlineMs ?? deadlineMsDefault),
      credentials: 'same-origin',
      redirect: 'error',
      cache: given.cache ?? 'default',
      headers: headersOf(path, given),
      ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
    });
    noteServerTime(response.headers);
    const retryAfterMs = readRetryAfter(response.headers.get('retry-after'));
    if (response.status === 304) return { kind: 'unchanged', retryAfterMs };
    const text = await response.text();
    if (!response.ok) return { kind: 'refused', problem: readProblem(response.status, text), retryAfterMs };
    // The published contract guarantees the shape.
    const body = (text === '' ? undefined : JSON.parse(text)) as Body;
    return {
      kind: 'ok',
      status: response.status,
      body,
      etag: response.headers.get('etag'),
      isKept: response.headers.has('antre-kept'),
      retryAfterMs,
    };
  } catch {
    return { kind: 'unreachable' };
  }
}

/** Calls our own API for a file. Never throws, as `call` does not. */
export async function callForFile(
  path: string,
  body: unknown,
  deadlineMs: number,
): Promise<
  { readonly kind: 'ok'; readonly name: string; readonly file: Blob } | Refusal | { readonly kind: 'unreachable' }
> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      signal: endsAfter(deadlineMs),
      credentials: 'same-origin',
      redirect: 'error',
      headers: { accept: '*/*', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) {
      const retryAfterMs = readRetryAfter(response.headers.get('retry-after'));
      return { kind: 'refused', problem: readProblem(response.status, await response.text()), retryAfterMs };
    }
    const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'report';
    return { kind: 'ok', name, file: await response.blob() };
  } catch {
    return { kind: 'unreachable' };
  }
}

function headersOf(path: string, { body, token = tokenFor(path), headers }: Call): Record<string, string> {
  return {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...headers,
  };
}

function tokenFor(path: string): string | undefined {
  return carried.token !== '' && path.startsWith(carried.below) ? carried.token : undefined;
}

function readRetryAfter(value: string | null): number | undefined {
  const seconds = Number(value);
  if (value === null || !Number.isFinite(seconds) || seconds < 0) return undefined;
  return Math.min(seconds * 1000, retryAfterMsMax);
}

function readProblem(status: number, text: string): Problem {
  let given: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) given = parsed as Record<string, unknown>;
  } catch {
    // A proxy may answer in HTML. The status still tells the kind of refusal.
  }
  const textOf = (name: string) => (typeof given[name] === 'string' ? given[name] : undefined);
  const max = given['max'] ?? given['min'];
  return {
    status,
    code: textOf('code') ?? codeOfStatus(status),
    requestId: textOf('requestId') ?? '',
    errors: Array.isArray(given['errors']) ? (given['errors'] as { path: string; code?: string }[]) : [],
    limit: textOf('limit'),
    max: typeof max === 'number' ? max : undefined,
    reason: textOf('reason'),
    ticketCategoryId: textOf('ticketCategoryId'),
    made: typeof given['made'] === 'object' && given['made'] !== null ? (given['made'] as Problem['made']) : {},
    total: moneyOf(given['total']),
  };
}

function moneyOf(value: unknown): Problem['total'] {
  if (typeof value !== 'object' || value === null || !('amount' in value) || !('currency' in value)) return undefined;
  const { amount, currency } = value;
  return typeof amount === 'number' && typeof currency === 'string' ? { amount, currency } : undefined;
}

function codeOfStatus(status: number): string {
  if (status === 429) return 'traffic.rate_limited';
  return status === 502 || status === 503 || status === 504 ? 'service.unavailable' : 'internal';
}

/** How long the service asked to wait, in milliseconds. */
export function askedBy(answer: Answer<unknown>): number {
  return answer.kind === 'unreachable' ? 0 : (answer.retryAfterMs ?? 0);
}

/** Refusals that time resolves: nothing was decided, and the same request may be sent again. */
export function endsByWaiting({ status, code }: Problem): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504 || code === 'idempotency.in_progress';
}
