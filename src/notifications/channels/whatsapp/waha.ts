import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { constantTimeEqual } from '../../../platform/crypto.ts';
import { requestInvalid } from '../../../platform/errors.ts';
import { inputFault } from '../../../platform/field-faults.ts';
import { callProvider } from './call.ts';
import { digitsOf, fieldsOf, isYes, spelledSeconds } from './callback-body.ts';
import { inboundMessage, phoneTraits, refusals } from './phone-service.ts';
import {
  type CallbackContent,
  type ReportedStatus,
  type SenderAnswer,
  type SenderPlugin,
  nothingTold,
  providerIdMax,
} from './sender-plugin.ts';

const credentials = z.strictObject({ apiKey: z.string(), hmacKey: z.string() });
const secretText = z.string().min(8).max(1000);
export const wahaForm = z.strictObject({
  kind: z.literal('waha'),
  /** One of `WAHA_INSTANCES`. An owner cannot name an address, because the service would call it from inside. */
  instance: z.string().regex(/^[a-z0-9-]{1,30}$/),
  session: z.string().regex(/^[\w-]{1,50}$/),
  apiKey: secretText,
  hmacKey: secretText,
});

/** A session that starts or waits for its QR code is soon back or needs a person. It is asked again after this long. */
const sessionCoolMinutes = 5;

/** WAHA: a server of the operator that drives a phone's own WhatsApp. It sends texts. */
export const waha: SenderPlugin<z.output<typeof wahaForm>, z.output<typeof credentials>> = {
  kind: 'waha',
  callbackName: 'waha',
  form: wahaForm,
  credentials,
  read: ({ instance, session, apiKey, hmacKey }, { WAHA_INSTANCES }) => {
    if (urlOf(WAHA_INSTANCES, instance) === undefined)
      throw requestInvalid([inputFault('instance', 'field.not_allowed')]);
    return { externalId: `${session}@${instance}`, credentials: { apiKey, hmacKey } };
  },
  ...phoneTraits,

  send: async ({ externalId, credentials: { apiKey }, to, text, signal, isProbe }, { WAHA_INSTANCES }) => {
    const [session = '', instance = ''] = externalId.split('@');
    const url = urlOf(WAHA_INSTANCES, instance);
    if (url === undefined) return { kind: 'sender', failure: 'waha_no_instance', action: { name: 'disable' } };
    const answer = await callProvider(`${url}/api/sendText`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ session, chatId: `${to}@c.us`, text }),
      signal,
      isProbe,
    });
    return answer.kind === 'answered' ? answerOf(answer) : answer;
  },

  isGenuine: ({ body, header }, { hmacKey }) => {
    const given = header('x-webhook-hmac');
    const isOurKind = (header('x-webhook-hmac-algorithm') ?? 'sha512') === 'sha512';
    const expected = createHmac('sha512', hmacKey).update(body).digest('hex');
    return isOurKind && given !== undefined && constantTimeEqual(given, expected);
  },
  handshake: () => undefined,
  readCallback: (body) => {
    const event = eventSchema.safeParse(fieldsOf(body));
    return event.success ? contentOf(event.data) : nothingTold;
  },
};

function urlOf(instances: readonly string[], name: string): string | undefined {
  return instances.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The engines of WAHA write a message's id in three ways. */
const sent = z.union([
  z.object({ id: z.string() }).transform(({ id }) => id),
  z.object({ id: z.object({ _serialized: z.string() }) }).transform(({ id: { _serialized: whole } }) => whole),
  z.object({ key: z.object({ id: z.string() }) }).transform(({ key }) => key.id),
]);

/**
 * A 5xx may come from the engine after the message has left, so it is unknown. A 422 means that the session does not
 * work.
 */
function answerOf({ status, body }: { readonly status: number; readonly body: unknown }): SenderAnswer {
  const failure = `waha_${status}`;
  if (status >= 200 && status <= 299) {
    const id = sent.safeParse(body).data;
    const messageId = id === undefined ? undefined : messageIdOf(id);
    return messageId === undefined
      ? { kind: 'unknown', failure: 'malformed_answer' }
      : { kind: 'accepted', providerMessageId: messageId };
  }
  if (status >= 500) return { kind: 'unknown', failure };
  switch (status) {
    case 401:
    case 403:
      return refusals.wrongToken(failure);
    case 404:
    case 422:
      return { kind: 'sender', failure, action: { name: 'cool', minutes: sessionCoolMinutes } };
    case 429:
      return refusals.tooFast(failure);
    default:
      return { kind: 'message', failure };
  }
}

/** The part of the id that contains no phone. The id is stored in our tables, which must not contain addresses. */
function messageIdOf(id: string): string | undefined {
  const own = id.split('_').at(-1) ?? '';
  return /^[\w-]{1,100}$/.test(own) ? `waha:${own}` : undefined;
}

const eventSchema = z.object({ event: z.string(), payload: z.looseObject({}) });
const ackSchema = z.object({ id: z.string().min(1).max(providerIdMax), ack: z.coerce.number().int() });
const messageSchema = z.object({
  id: z.string().min(1).max(providerIdMax),
  from: z.string(),
  fromMe: z.unknown().optional(),
  body: z.string().nullish(),
  timestamp: spelledSeconds,
  /** What the engine itself says, in its own form. */
  _data: z
    .object({
      key: z.object({ remoteJidAlt: z.string(), senderPn: z.string() }).partial(),
      Info: z.object({ SenderAlt: z.string() }).partial(),
    })
    .partial()
    .optional()
    .catch(undefined),
});
const sessionSchema = z.object({ status: z.string() });

const statusOfAck: Readonly<Record<number, ReportedStatus>> = {
  [-1]: 'failed',
  1: 'sent',
  2: 'delivered',
  3: 'read',
  4: 'read',
};

/** WhatsApp hides phones behind ids that end with `@lid`. Some engines of WAHA tell the phone beside one. */
function phoneOf({ from, _data }: z.output<typeof messageSchema>): string | undefined {
  if (!from.endsWith('@lid')) return digitsOf(from);
  return digitsOf(_data?.key?.remoteJidAlt ?? _data?.key?.senderPn ?? _data?.Info?.SenderAlt ?? '');
}

function contentOf({ event, payload }: z.output<typeof eventSchema>): CallbackContent {
  if (event === 'message.ack') {
    const ack = ackSchema.safeParse(payload).data;
    const status = ack === undefined ? undefined : statusOfAck[ack.ack];
    const messageId = ack === undefined ? undefined : messageIdOf(ack.id);
    if (status === undefined || messageId === undefined) return nothingTold;
    const failure = status === 'failed' ? 'waha_ack_error' : undefined;
    return { ...nothingTold, statuses: [{ messageId, status, failure }] };
  }
  if (event === 'message') {
    const message = messageSchema.safeParse(payload).data;
    const from = message === undefined ? undefined : phoneOf(message);
    const messageId = message === undefined ? undefined : messageIdOf(message.id);
    if (message === undefined || isYes(message.fromMe) || from === undefined || messageId === undefined) {
      return nothingTold;
    }
    return inboundMessage({ messageId, from, text: message.body ?? '', sentAt: message.timestamp });
  }
  if (event === 'session.status') {
    const session = sessionSchema.safeParse(payload).data;
    if (session === undefined) return nothingTold;
    const works = session.status === 'WORKING';
    const failure = `waha_session_${session.status
      .toLowerCase()
      .replaceAll(/[^a-z_]/g, '')
      .slice(0, 30)}`;
    return { ...nothingTold, session: works ? { works } : { works, failure } };
  }
  return nothingTold;
}
