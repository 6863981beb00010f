import type { MessageName } from './message-texts/catalog.ts';
import type { SuppressionReason } from './tables.ts';

/** The outcome of one attempt to send. */
export type SendResult =
  /** The provider has accepted it. */
  | {
      readonly kind: 'accepted';
      readonly providerMessageId: string;
      readonly senderId?: string;
      /** Statuses that came before this answer could not be told apart from strangers'. They are applied now. */
      readonly hasEarlyStatuses?: boolean;
    }
  /** It was certainly not accepted; try again later. `unspent`: nothing was tried, only a turn was missed. */
  | { readonly kind: 'later'; readonly failure: string; readonly seconds?: number; readonly unspent?: boolean }
  /** It never will be accepted. */
  | { readonly kind: 'failed'; readonly failure: string; readonly suppress?: Suppression }
  /** Nobody knows whether it was accepted, and the recipient would notice a second one. */
  | { readonly kind: 'unknown'; readonly failure: string; readonly senderId?: string }
  /** No sender is in use, or none has any of today's cap left. */
  | { readonly kind: 'no_sender'; readonly failure: string; readonly seconds: number };

/** Do not try the recipient on this channel again, for some days or permanently. */
export type Suppression = { readonly reason: SuppressionReason; readonly days?: number };

export type MailAttachment = {
  readonly filename: string;
  readonly contentType: string;
  readonly content: string | Uint8Array;
  /** Shown inline where the HTML says `cid:<this>`. */
  readonly contentId?: string;
};

export type Mail = {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly MailAttachment[];
  /** Where answers go; default: the sender's own address. */
  readonly replyTo?: { readonly name: string; readonly address: string };
  /** Only mails that no person caused, which are news, have one. */
  readonly unsubscribeUrl?: string;
};

/** How a mail is sent: the address of the sender and the pool of connections. */
export type MailStream = 'tickets' | 'news';

export type OutgoingMail = {
  readonly deliveryId: string;
  /** How often this delivery was tried, including this time. */
  readonly tries: number;
  readonly stream: MailStream;
  readonly to: { readonly name: string; readonly address: string };
  readonly mail: Mail;
};

/** A template message that the provider has approved beforehand. */
export type WhatsappMessage = {
  readonly template: MessageName;
  readonly locale: 'id' | 'en';
  readonly bodyParameters: readonly string[];
  /** Replaces the variable end of the template's button address. */
  readonly buttonSuffix?: string;
};

export type EmailChannel = {
  send(message: OutgoingMail, signal: AbortSignal): Promise<SendResult>;
  close(): Promise<void>;
};

export type WhatsappChannel = {
  send(
    message: {
      deliveryId: string;
      organizerId: string;
      recipientKey: string;
      /** The sender whose message this recipient accepted last. */
      lastSenderId: string | null;
      /** Digits with the country code. */
      to: string;
      /** How often this delivery was tried, including this time. */
      tries: number;
      message: WhatsappMessage;
      /** Send by this sender only, as a test of it. */
      onlySenderId?: string | undefined;
    },
    signal: AbortSignal,
  ): Promise<SendResult>;
};

/** A message with its recipient's address. Exists only while it is being sent. */
export type Composed =
  | { readonly channel: 'email'; readonly to: { readonly name: string; readonly address: string }; readonly mail: Mail }
  | {
      readonly channel: 'whatsapp';
      readonly to: string;
      readonly message: WhatsappMessage;
      readonly onlySenderId?: string;
    };
