import { z } from 'zod';
import { callProvider } from './call.ts';
import { digitsOf, fieldsOf, isYes, spelled, spelledId, spelledSeconds } from './callback-body.ts';
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

const credentials = z.strictObject({ token: z.string(), callbackKey: z.string() });
export const fonnteForm = z.strictObject({
  kind: z.literal('fonnte'),
  ...deviceFields,
});

/** Fonnte: a service that drives a phone's own WhatsApp. It sends texts. */
export const fonnte: SenderPlugin<z.output<typeof fonnteForm>, z.output<typeof credentials>> = {
  kind: 'fonnte',
  callbackName: 'fonnte',
  form: fonnteForm,
  credentials,
  read: ({ device, token, callbackKey }) => ({ externalId: device, credentials: { token, callbackKey } }),
  ...phoneTraits,

  send: async ({ credentials: { token }, to, text, signal, isProbe }, { FONNTE_URL }) => {
    const answer = await callProvider(`${FONNTE_URL}/send`, {
      method: 'POST',
      headers: { authorization: token },
      // Without a country code, Fonnte would put 62 in front of every number.
      body: new URLSearchParams({ target: to, message: text, countryCode: '0' }),
      signal,
      isProbe,
    });
    return answer.kind === 'answered' ? answerOf(answer) : answer;
  },

  ...keyedCallbacks,
  readCallback: (body) => readFonnteCallback(fieldsOf(body)),
};

const taken = z.object({ status: z.literal(true), id: z.array(spelledId).length(1) });
const refused = z.object({ status: z.literal(false), reason: z.string().optional(), detail: z.string().optional() });

/** Fonnte answers 200 even for refusals; only `status` counts. A 5xx says nothing about the message. */
function answerOf({ status, body }: { readonly status: number; readonly body: unknown }): SenderAnswer {
  const messageId = taken.safeParse(body).data?.id[0];
  if (messageId !== undefined) return { kind: 'accepted', providerMessageId: `fonnte:${messageId}` };
  const refusal = refused.safeParse(body).data;
  if (refusal !== undefined) return refusalOf(`${refusal.reason ?? ''} ${refusal.detail ?? ''}`);
  return answerOfStatus('fonnte', status);
}

/** Reasons are sentences for people, so they are recognised by what they contain. */
function refusalOf(reason: string): SenderAnswer {
  if (/token|unknown user/i.test(reason)) return refusals.wrongToken('fonnte_token');
  if (/connect|device/i.test(reason)) return refusals.disconnected('fonnte_device');
  if (/quota/i.test(reason)) return refusals.quotaUsed('fonnte_quota');
  if (/target/i.test(reason)) return refusals.noWhatsapp('fonnte_target');
  if (/limit|too many/i.test(reason)) return refusals.tooFast('fonnte_limit');
  if (/input|body|message|url|file/i.test(reason)) return { kind: 'message', failure: 'fonnte_input' };
  return { kind: 'later', failure: 'fonnte_refused' };
}

/** A device that is off sends its messages later, so `pending` and similar states are no news. */
const statuses: Readonly<Record<string, ReportedStatus>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  invalid: 'failed',
  expired: 'failed',
  failed: 'failed',
  'url unreachable': 'failed',
};

const blank = z.literal('').transform(() => undefined);
const word = z.string().nullish().catch(undefined);
const statusCallback = z.object({
  id: spelledId.or(blank).nullish(),
  stateid: spelledId.or(blank).nullish(),
  status: word,
  state: word,
});
const messageCallback = z.object({
  sender: spelled,
  message: spelled,
  isgroup: z.unknown().optional(),
  inboxid: spelledId.nullish().catch(undefined),
  timestamp: spelledSeconds,
});
const deviceCallback = z.object({ device: spelled, status: z.enum(['connect', 'disconnect']) });

/**
 * The first status of a message names its id and gives it a `stateid`. Later ones may name only the `stateid`, and
 * report `delivered` and `read` as `state`.
 */
function readFonnteCallback(fields: unknown): CallbackContent {
  const device = deviceCallback.safeParse(fields).data;
  if (device !== undefined) {
    const works = device.status === 'connect';
    return { ...nothingTold, session: works ? { works } : { works, failure: 'fonnte_device' } };
  }
  const message = messageCallback.safeParse(fields).data;
  if (message !== undefined) {
    const from = digitsOf(message.sender);
    if (from === undefined || isYes(message.isgroup)) return nothingTold;
    // A device without an inbox numbers all its messages 0.
    const isNumbered = message.inboxid !== null && message.inboxid !== undefined && message.inboxid !== '0';
    return inboundMessage({
      messageId: isNumbered ? `fonnte:${message.inboxid}` : undefined,
      from,
      text: message.message,
      sentAt: message.timestamp,
    });
  }
  const told = statusCallback.safeParse(fields).data;
  if (told === undefined) return nothingTold;
  const messageId = told.id === null || told.id === undefined ? undefined : `fonnte:${told.id}`;
  const stateId = told.stateid ?? undefined;
  if (messageId === undefined && stateId === undefined) return nothingTold;
  const state = (told.state || told.status || '').toLowerCase();
  const status = statuses[state];
  const failure = status === 'failed' ? `fonnte_${state.replaceAll(' ', '_')}` : undefined;
  return { ...nothingTold, statuses: [{ messageId, ...(stateId === undefined ? {} : { stateId }), status, failure }] };
}
