import { z } from 'zod';
import { callProvider } from './call.ts';
import { digitsOf, fieldsOf, isYes, spelled, spelledId } from './callback-body.ts';
import {
  answerOfStatus,
  deviceFields,
  inboundMessage,
  keyedCallbacks,
  phoneTraits,
  refusals,
} from './phone-service.ts';
import {
  type CallbackContent,
  type ReportedStatus,
  type SenderAnswer,
  type SenderPlugin,
  nothingTold,
} from './sender-plugin.ts';

const credentials = z.strictObject({
  server: z.string(),
  token: z.string(),
  secretKey: z.string().optional(),
  callbackKey: z.string(),
});
export const wablasForm = z.strictObject({
  kind: z.literal('wablas'),
  ...deviceFields,
  /** The first part of the server's name, as in solo.wablas.com. */
  server: z.string().regex(/^[a-z0-9]{1,30}$/),
  /** Older accounts have none. */
  secretKey: z.string().min(4).max(1000).optional(),
});

/** Wablas: a service that drives a phone's own WhatsApp. It sends texts. */
export const wablas: SenderPlugin<z.output<typeof wablasForm>, z.output<typeof credentials>> = {
  kind: 'wablas',
  callbackName: 'wablas',
  form: wablasForm,
  credentials,
  read: ({ device, server, token, secretKey, callbackKey }) => ({
    externalId: device,
    credentials: { server, token, callbackKey, ...(secretKey === undefined ? {} : { secretKey }) },
  }),
  ...phoneTraits,

  send: async ({ credentials: { server, token, secretKey }, to, text, signal, isProbe }, { WABLAS_URL }) => {
    const answer = await callProvider(`${WABLAS_URL.replaceAll('{server}', server)}/api/v2/send-message`, {
      method: 'POST',
      headers: {
        authorization: secretKey === undefined ? token : `${token}.${secretKey}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ data: [{ phone: to, message: text, isGroup: 'false' }] }),
      signal,
      isProbe,
    });
    return answer.kind === 'answered' ? answerOf(answer) : answer;
  },

  ...keyedCallbacks,
  readCallback: (body) => readWablasCallback(fieldsOf(body)),
};

const taken = z.object({
  status: z.literal(true),
  data: z.object({ messages: z.array(z.object({ id: spelledId, status: z.string().optional() })).length(1) }),
});
const refused = z.object({ status: z.literal(false), message: z.string() });

/** `status` counts, not the HTTP status. A 5xx without it says nothing about the message. */
function answerOf({ status, body }: { readonly status: number; readonly body: unknown }): SenderAnswer {
  const message = taken.safeParse(body).data?.data.messages[0];
  // Each message has a status of its own besides the request's.
  if (message?.status === 'reject' || message?.status === 'cancel') {
    return { kind: 'later', failure: `wablas_${message.status}` };
  }
  if (message !== undefined) return { kind: 'accepted', providerMessageId: `wablas:${message.id}` };
  const refusal = refused.safeParse(body).data;
  if (refusal !== undefined) return refusalOf(refusal.message);
  return answerOfStatus('wablas', status);
}

/** Messages are sentences for people, so they are recognised by what they contain. */
function refusalOf(reason: string): SenderAnswer {
  if (/token|secret|unauthori[sz]ed|forbidden/i.test(reason)) return refusals.wrongToken('wablas_token');
  if (/quota|expired|package/i.test(reason)) return refusals.quotaUsed('wablas_quota');
  if (/device|connect/i.test(reason)) return refusals.disconnected('wablas_device');
  if (/limit|too many/i.test(reason)) return refusals.tooFast('wablas_limit');
  if (/phone|number|registered/i.test(reason)) return refusals.noWhatsapp('wablas_phone');
  if (/message|required|invalid/i.test(reason)) return { kind: 'message', failure: 'wablas_input' };
  return { kind: 'later', failure: 'wablas_refused' };
}

const statuses: Readonly<Record<string, ReportedStatus>> = {
  sent: 'sent',
  received: 'delivered',
  delivered: 'delivered',
  read: 'read',
  cancel: 'failed',
  reject: 'failed',
};

const statusCallback = z.object({ id: spelledId, status: z.string() });
const messageCallback = z.object({
  id: spelledId,
  phone: spelled,
  message: spelled,
  isGroup: z.unknown().optional(),
  isFromMe: z.unknown().optional(),
  timestamp: spelled.nullish().catch(undefined),
});

/** Inbound messages carry a text, tracking carries a status. */
function readWablasCallback(fields: unknown): CallbackContent {
  const message = messageCallback.safeParse(fields).data;
  if (message !== undefined) {
    const from = digitsOf(message.phone);
    if (from === undefined || isYes(message.isGroup) || isYes(message.isFromMe)) return nothingTold;
    return inboundMessage({
      messageId: `wablas:${message.id}`,
      from,
      text: message.message,
      sentAt: sentAtOf(message.timestamp),
    });
  }
  const told = statusCallback.safeParse(fields).data;
  const word = told?.status.toLowerCase() ?? '';
  const status = statuses[word];
  if (told === undefined || status === undefined) return nothingTold;
  const failure = status === 'failed' ? `wablas_${word}` : undefined;
  return { ...nothingTold, statuses: [{ messageId: `wablas:${told.id}`, status, failure }] };
}

/** Seconds since 1970, or a time as text. */
function sentAtOf(timestamp: string | null | undefined): number | undefined {
  if (timestamp === null || timestamp === undefined) return undefined;
  const seconds = /^\d{9,11}$/.test(timestamp) ? Number(timestamp) : Date.parse(timestamp) / 1000;
  return Number.isFinite(seconds) ? Math.floor(seconds) : undefined;
}
