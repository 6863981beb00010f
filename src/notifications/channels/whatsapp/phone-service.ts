import { z } from 'zod';
import { cutText } from '../../../platform/text/cut-text.ts';
import { hasCallbackKey } from './callback-body.ts';
import {
  type CallbackContent,
  type Query,
  type SenderAnswer,
  type SenderCallback,
  inboundTextMax,
  nothingTold,
} from './sender-plugin.ts';

/** Shared by the providers that drive a phone's own WhatsApp. */

/** They send texts, and their callbacks name none of our deliveries. WhatsApp bans numbers that write like machines. */
export const phoneTraits = {
  limits: { messagesPerSecond: 0.1, dailyCap: 300, warmUpFrom: 20 },
  hasTemplates: false,
  namesDeliveries: false,
};

const disconnectedCoolMinutes = 5;
const quotaCoolMinutes = 60;
const noWhatsappDays = 30;

/** The meaning of a refusal, whatever words a service uses for it. */
export const refusals = {
  wrongToken: (failure: string): SenderAnswer => ({ kind: 'sender', failure, action: { name: 'disable' } }),
  disconnected: (failure: string): SenderAnswer => ({
    kind: 'sender',
    failure,
    action: { name: 'cool', minutes: disconnectedCoolMinutes },
  }),
  quotaUsed: (failure: string): SenderAnswer => ({
    kind: 'sender',
    failure,
    action: { name: 'cool', minutes: quotaCoolMinutes },
  }),
  noWhatsapp: (failure: string): SenderAnswer => ({
    kind: 'recipient',
    failure,
    suppress: { reason: 'no_whatsapp', days: noWhatsappDays },
  }),
  tooFast: (failure: string): SenderAnswer => ({ kind: 'later', failure, isThrottled: true }),
};

/** An owner's account at a service that signs nothing: the key is in the callback address instead. */
export const deviceFields = {
  /** The number of the device. */
  device: z.string().regex(/^[1-9]\d{6,14}$/),
  token: z.string().min(8).max(1000),
  callbackKey: z.string().regex(/^[\w-]{32,100}$/),
};

/** Callbacks that prove their origin by the key in their address. */
export const keyedCallbacks = {
  isGenuine: ({ query }: SenderCallback, credentials: { readonly callbackKey: string }) =>
    hasCallbackKey(query, credentials),
  handshake: (query: Query, credentials: { readonly callbackKey: string }) =>
    hasCallbackKey(query, credentials) ? 'ok' : undefined,
};

/** The outcome by the HTTP status, if the body gives none. A 5xx says nothing about the message. */
export function answerOfStatus(provider: string, status: number): SenderAnswer {
  if (status === 401 || status === 403) return refusals.wrongToken(`${provider}_${status}`);
  if (status === 429) return refusals.tooFast(`${provider}_429`);
  if (status >= 400 && status <= 499) return { kind: 'message', failure: `${provider}_${status}` };
  return { kind: 'unknown', failure: status >= 500 ? `${provider}_${status}` : 'malformed_answer' };
}

type InboundMessage = CallbackContent['inbound'][number];

/** The content of a callback with a message that somebody wrote to the number. */
export function inboundMessage(message: InboundMessage): CallbackContent {
  return { ...nothingTold, inbound: [{ ...message, text: cutText(message.text, inboundTextMax) }] };
}
