import { z } from 'zod';
import { withDeadline } from '../../platform/resilience/deadline.ts';
import type { WhatsappMessage } from '../channel.ts';

/** One call of the WhatsApp Cloud API, with a deadline and a bounded answer. */
export type GraphAnswer =
  | { readonly kind: 'accepted'; readonly wamid: string }
  | { readonly kind: 'refused'; readonly code: number | undefined; readonly httpStatus: number }
  /** The request never left, so it was not taken. */
  | { readonly kind: 'not_sent'; readonly failure: string }
  /** It left, and no usable answer came. */
  | { readonly kind: 'unknown'; readonly failure: string };

export type GraphCall = {
  readonly graphUrl: string;
  readonly version: string;
  readonly phoneNumberId: string;
  readonly accessToken: string;
  /** Digits with the country code. */
  readonly to: string;
  readonly deliveryId: string;
  readonly message: WhatsappMessage;
  readonly signal: AbortSignal;
  /** Whether the call finds out if the API is back: then it is not waited for as long. */
  readonly isProbe: boolean;
};

const deadlineMs = 10_000;
const probeDeadlineMs = 3000;
const answerBytesMax = 64 * 1024;

const accepted = z.object({ messages: z.array(z.object({ id: z.string().min(1).max(500) })).min(1) });
const refused = z.object({ error: z.object({ code: z.int() }) });

export function sendByGraph(call: GraphCall): Promise<GraphAnswer> {
  return withDeadline(call.signal, call.isProbe ? probeDeadlineMs : deadlineMs, (signal) => post(call, signal));
}

async function post(call: GraphCall, signal: AbortSignal): Promise<GraphAnswer> {
  let response: Response;
  try {
    response = await fetch(`${call.graphUrl}/${call.version}/${call.phoneNumberId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${call.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(requestOf(call)),
      redirect: 'error',
      signal,
    });
  } catch (error) {
    const failure = codeOf(error);
    return notSentCodes.has(failure) ? { kind: 'not_sent', failure } : { kind: 'unknown', failure };
  }
  let body: unknown;
  try {
    body = JSON.parse(await boundedText(response));
  } catch (error) {
    // A refusal needs no body; a success without its id says nothing.
    if (!response.ok) return { kind: 'refused', code: undefined, httpStatus: response.status };
    return { kind: 'unknown', failure: codeOf(error) };
  }
  return answerOf(response, body);
}

function answerOf(response: Response, body: unknown): GraphAnswer {
  if (!response.ok) {
    const parsed = refused.safeParse(body);
    return { kind: 'refused', code: parsed.success ? parsed.data.error.code : undefined, httpStatus: response.status };
  }
  const parsed = accepted.safeParse(body);
  const wamid = parsed.success ? parsed.data.messages[0]?.id : undefined;
  return wamid === undefined ? { kind: 'unknown', failure: 'malformed_answer' } : { kind: 'accepted', wamid };
}

function requestOf({ to, deliveryId, message }: GraphCall) {
  const components: unknown[] = [];
  if (message.bodyParameters.length > 0) {
    components.push({ type: 'body', parameters: message.bodyParameters.map((text) => ({ type: 'text', text })) });
  }
  if (message.buttonSuffix !== undefined) {
    components.push({
      type: 'button',
      sub_type: 'url',
      index: '0',
      parameters: [{ type: 'text', text: message.buttonSuffix }],
    });
  }
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to,
    type: 'template',
    // Comes back in each status: it tells what became of a message whose answer was lost.
    biz_opaque_callback_data: deliveryId,
    template: { name: message.template, language: { code: message.locale }, components },
  };
}

/** What can only happen before the request is on its way. */
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
