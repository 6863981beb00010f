import { withDeadline } from '../../../platform/resilience/deadline.ts';

/** One call to a provider, with a deadline and a bounded answer. */
export type CallAnswer =
  /** `body` is undefined if it is no JSON or too long. */
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  /** The request never left, so the message was not accepted. */
  | { readonly kind: 'not_sent'; readonly failure: string }
  /** It left, and no answer came. */
  | { readonly kind: 'unknown'; readonly failure: string };

export type CallRequest = {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
  readonly signal: AbortSignal;
  /** The short deadline of a probe. */
  readonly isProbe: boolean;
};

const deadlineMs = 10_000;
const probeDeadlineMs = 3000;
const answerBytesMax = 256 * 1024;

export function callProvider(url: string, request: CallRequest): Promise<CallAnswer> {
  return withDeadline(request.signal, request.isProbe ? probeDeadlineMs : deadlineMs, (signal) =>
    call(url, request, signal),
  );
}

async function call(url: string, { method, headers, body }: CallRequest, signal: AbortSignal): Promise<CallAnswer> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers,
      redirect: 'error',
      signal,
      ...(body === undefined ? {} : { body }),
    });
  } catch (error) {
    const failure = codeOf(error);
    return notSentCodes.has(failure) ? { kind: 'not_sent', failure } : { kind: 'unknown', failure };
  }
  try {
    return { kind: 'answered', status: response.status, body: JSON.parse(await boundedText(response)) };
  } catch (error) {
    // A refusal needs no body; a success without an id is useless.
    if (!response.ok) return { kind: 'answered', status: response.status, body: undefined };
    return { kind: 'unknown', failure: codeOf(error) };
  }
}

/** Errors that can only happen before the request is on its way. */
const notSentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'fault';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? error.name : codeOf(error.cause);
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > answerBytesMax) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
