import type { z } from 'zod';
import type { Config } from '../../../config.ts';
import type { Suppression, WhatsappMessage } from '../../channel.ts';
import type { SenderKind } from '../../tables.ts';

/**
 * All that the service knows of one provider of WhatsApp messages. To add one, write a plug-in here, name it in `registry.ts`, and add
 * its kind to `senderKinds`. Nothing else names a provider.
 */
export type SenderPlugin<Form extends SenderForm = SenderForm, Credentials = unknown> = {
  readonly kind: SenderKind;
  /** The last part of the address of its callbacks: `/v1/callbacks/<this>/{senderId}`. */
  readonly callbackName: string;
  /** The form by which an owner adds a sender, without the limits that all kinds have. */
  readonly form: z.ZodObject;
  readonly credentials: z.ZodType<Credentials>;
  /**
   * The stored content of the form: encrypted credentials, and the provider's own name of the sender, unique within the
   * kind.
   */
  read(form: Form, config: SenderConfig): { readonly externalId: string; readonly credentials: Credentials };
  readonly limits: SenderLimits;
  /** Whether only messages with an approved template are sent. Other kinds send texts. */
  readonly hasTemplates: boolean;
  /**
   * Whether its callbacks carry the id of our delivery. Without it, the fate of a message whose answer was lost stays
   * unknown, and such a message is not sent again.
   */
  readonly namesDeliveries: boolean;

  /** Sends one message, with a deadline of its own. Throws only before anything was sent. */
  send(call: SenderCall<Credentials>, config: SenderConfig): Promise<SenderAnswer>;

  /** Whether a callback proves that it comes from this sender's provider. Compares in constant time. */
  isGenuine(callback: SenderCallback, credentials: Credentials): boolean;
  /** The body that answers a GET of the callback address; undefined if the request does not prove its origin. */
  handshake(query: Query, credentials: Credentials): string | undefined;
  /** The content of a genuine callback. Unknown parts are left out. */
  readCallback(body: Uint8Array): CallbackContent;
};

export type SenderForm = Readonly<Record<string, unknown>>;

export type SenderConfig = Pick<
  Config,
  'WHATSAPP_GRAPH_URL' | 'WHATSAPP_GRAPH_VERSION' | 'WAHA_INSTANCES' | 'FONNTE_URL' | 'WABLAS_URL'
>;

/** Limits of a new sender that names none. */
export type SenderLimits = {
  readonly messagesPerSecond: number;
  readonly dailyCap: number | null;
  readonly warmUpFrom: number | null;
};

export type SenderCall<Credentials> = {
  readonly externalId: string;
  readonly credentials: Credentials;
  /** Digits with the country code. */
  readonly to: string;
  readonly deliveryId: string;
  readonly message: WhatsappMessage;
  /** The message as text; empty for a provider with templates. */
  readonly text: string;
  /** How often this delivery was tried, including this time. */
  readonly tries: number;
  readonly signal: AbortSignal;
  /** Whether the call probes if the provider is back. A probe has a shorter deadline. */
  readonly isProbe: boolean;
};

/** The outcome of one call. All but `accepted` and `unknown` mean that the message was certainly not accepted. */
export type SenderAnswer =
  | { readonly kind: 'accepted'; readonly providerMessageId: string }
  /** The request never left. */
  | { readonly kind: 'not_sent'; readonly failure: string }
  /** Try again with this sender. `isThrottled`: the whole sender must slow down. `isFault`: counts for the circuit. */
  | {
      readonly kind: 'later';
      readonly failure: string;
      readonly seconds?: number;
      readonly isThrottled?: boolean;
      readonly isFault?: boolean;
    }
  /** It will never reach this recipient. */
  | { readonly kind: 'recipient'; readonly failure: string; readonly suppress?: Suppression }
  /** The message or our request is wrong; somebody must look. */
  | { readonly kind: 'message'; readonly failure: string }
  /** This sender may not send now; another one may. */
  | { readonly kind: 'sender'; readonly failure: string; readonly action: SenderAction }
  /** It left, and no usable answer came. */
  | { readonly kind: 'unknown'; readonly failure: string };

export type SenderAction = { readonly name: 'disable' } | { readonly name: 'cool'; readonly minutes: number };

export type Query = (name: string) => string | undefined;

export type SenderCallback = {
  readonly body: Uint8Array;
  readonly query: Query;
  header(name: string): string | undefined;
};

export type ReportedStatus = 'sent' | 'delivered' | 'read' | 'failed';

export type StatusReport = {
  /** The provider's id of the message; undefined if only `stateId` is given. */
  readonly messageId: string | undefined;
  /** A second id of the same message, which some providers use in later callbacks. */
  readonly stateId?: string;
  /** Our delivery's id, if the callback carries it. */
  readonly deliveryId?: string | undefined;
  /** Undefined if a callback only says that two ids belong together. */
  readonly status: ReportedStatus | undefined;
  readonly failure?: string | undefined;
};

export type Inbound = {
  /** Undefined if the provider gives it none. */
  readonly messageId: string | undefined;
  /** Digits with the country code. */
  readonly from: string;
  /** Empty if the message has no text. */
  readonly text: string;
  /** Seconds since 1970; undefined if the provider does not say. */
  readonly sentAt: number | undefined;
};

export type CallbackContent = {
  readonly statuses: readonly StatusReport[];
  readonly inbound: readonly Inbound[];
  /** The state of the sender itself, if the callback reports it: it works, or why it does not. */
  readonly session?: { readonly works: true } | { readonly works: false; readonly failure: string };
};

export const nothingTold: CallbackContent = { statuses: [], inbound: [] };
export const callbackItemsMax = 1000;
export const inboundTextMax = 4096;
/** Providers' ids are short; longer ones are not genuine. */
export const providerIdMax = 200;
/** An id that can be stored: Postgres refuses U+0000, and would refuse all that stands beside it in a callback. */
export const storableId = /^[\x21-\x7e]+$/;
