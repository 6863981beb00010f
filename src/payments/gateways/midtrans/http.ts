/** One call to Midtrans: a deadline, no redirect followed, a bounded answer, and never an exception. */

export type MidtransAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'slow_down'; readonly seconds: number }
  /** No answer that says what happened: a timeout, a cut connection, a fault of the gateway, a redirect, no JSON. */
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

export function createMidtransCall(timeoutMs: number): MidtransCall {
  return async ({ method, url, serverKey, body, headers }) => {
    try {
      const response = await fetch(url, {
        method,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
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
    }
  };
}

async function understand(response: Response): Promise<MidtransAnswer> {
  const { status } = response;
  if (status === 429) {
    await response.body?.cancel();
    return { kind: 'slow_down', seconds: retryAfter(response.headers.get('retry-after')) };
  }
  if (status >= 500 || (status >= 300 && status < 400)) {
    await response.body?.cancel();
    return { kind: 'unknown', reason: `HTTP ${status}` };
  }
  const body = await readObject(response);
  if (body === undefined) return { kind: 'unknown', reason: `HTTP ${status} without an understandable body` };
  return { kind: 'answer', status, body };
}

function retryAfter(header: string | null): number {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, retryAfterSecondsMax) : retryAfterSecondsDefault;
}

async function readObject(response: Response): Promise<Readonly<Record<string, unknown>> | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    // Leaving the loop cancels the body: an endless answer costs no more than this.
    if (length > answerBytesMax) return undefined;
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
