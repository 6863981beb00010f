import { Agent, type Dispatcher, request as send } from 'undici';
import { parseJson } from '../../../platform/text/parse-json.ts';

/**
 * One call to Midtrans: with a deadline, without redirects, with a bounded answer, and never an exception.
 *
 * undici's `request` is used directly: Node's `fetch`, which is built on it, takes 320 us of processor time per call,
 * and this 60.
 */

export type MidtransAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'slow_down'; readonly seconds: number }
  /** No usable answer: a timeout, a cut connection, a gateway error, a redirect, or no JSON. */
  | { readonly kind: 'unknown'; readonly reason: string };

export type MidtransCall = (request: {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly serverKey: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}) => Promise<MidtransAnswer>;

const answerBytesMax = 256 * 1024;
const retryAfterSecondsDefault = 5;
const retryAfterSecondsMax = 300;

/** Connections to one host; as many calls may be in flight there from one process. */
const connectionsMax = 256;
/** An unused connection is closed after this time, before usual servers and load balancers close it. */
const idleMaxMs = 4000;

export function createMidtransCall(timeoutMs: number): MidtransCall {
  const dispatcher = new Agent({
    connections: connectionsMax,
    keepAliveTimeout: idleMaxMs,
    connect: { timeout: timeoutMs },
  });
  return async ({ method, url, serverKey, body, headers }) => {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new DeadlineError()), timeoutMs);
    try {
      const response = await send(url, {
        dispatcher,
        method,
        signal: deadline.signal,
        headers: {
          accept: 'application/json',
          authorization: `Basic ${Buffer.from(`${serverKey}:`).toString('base64')}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return await understand(response);
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.name : 'no answer' };
    } finally {
      clearTimeout(timer);
    }
  };
}

class DeadlineError extends Error {
  override readonly name = 'TimeoutError';
}

async function understand({ statusCode: status, headers, body }: Dispatcher.ResponseData): Promise<MidtransAnswer> {
  if (status === 429) {
    await body.dump();
    return { kind: 'slow_down', seconds: retryAfter(headers['retry-after']) };
  }
  if (status >= 500 || (status >= 300 && status < 400)) {
    await body.dump();
    return { kind: 'unknown', reason: `HTTP ${status}` };
  }
  const understood = await readObject(body);
  if (understood === undefined) return { kind: 'unknown', reason: `HTTP ${status} without an understandable body` };
  return { kind: 'answer', status, body: understood };
}

function retryAfter(header: string | string[] | undefined): number {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, retryAfterSecondsMax) : retryAfterSecondsDefault;
}

async function readObject(body: AsyncIterable<Buffer>): Promise<Readonly<Record<string, unknown>> | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    // Leaving the loop destroys the body, so an endless answer costs no more than this.
    if (length > answerBytesMax) return undefined;
    chunks.push(chunk);
  }
  const value = parseJson(Buffer.concat(chunks).toString('utf8'));
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
