/** What became of one attempt to send. */
export type SendResult =
  /** The provider has taken it. */
  | { readonly kind: 'accepted'; readonly providerMessageId: string; readonly senderId?: string }
  /** It was certainly not taken; try again later. `unspent`: nothing was tried, only a turn was missed. */
  | { readonly kind: 'later'; readonly failure: string; readonly seconds?: number; readonly unspent?: boolean }
  /** It never will be. */
  | { readonly kind: 'failed'; readonly failure: string; readonly suppress?: Suppression }
  /** Nobody knows whether it was taken, and sending again would be noticed. */
  | { readonly kind: 'unknown'; readonly failure: string; readonly senderId?: string };

/** The recipient is not to be tried on this channel again, for some days or for good. */
export type Suppression = { readonly reason: string; readonly days?: number };

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
};

/** A template message that the provider has approved beforehand. */
export type WhatsappMessage = {
  readonly template: string;
  readonly locale: 'id' | 'en';
  readonly bodyParameters: readonly string[];
  /** Replaces the variable end of the template's button address. */
  readonly buttonSuffix?: string;
};

export type EmailChannel = {
  send(
    message: {
      deliveryId: string;
      /** How often this delivery was tried, this time included. */
      tries: number;
      to: { name: string; address: string };
      mail: Mail;
    },
    signal: AbortSignal,
  ): Promise<SendResult>;
  close(): Promise<void>;
};

export type WhatsappChannel = {
  send(
    message: {
      deliveryId: string;
      organizerId: string;
      recipientKey: string;
      /** Digits with the country code. */
      to: string;
      /** How often this delivery was tried, this time included. */
      tries: number;
      message: WhatsappMessage;
    },
    signal: AbortSignal,
  ): Promise<SendResult>;
};
