/** Accounts that the sandbox knows from the start. Their values are public: nothing but the sandbox accepts them. */

export type MidtransAccount = Readonly<{
  merchantId: string;
  serverKey: string;
  clientKey: string;
  /** Where callbacks go if the create call names no other address. Without it no callback is sent. */
  notificationUrl?: string;
  /** "Fee on customer": added to what each buyer pays, in rupiah. */
  buyerFee?: number;
  /** Where notifications state this fee; `nowhere` by default. */
  statesBuyerFee?: 'metadata' | 'extra_info' | 'nowhere';
}>;

export type WhatsappSender = Readonly<{
  phoneNumberId: string;
  businessAccountId: string;
  /** Digits with country code, no plus. */
  displayPhoneNumber: string;
  accessToken: string;
  /** Key of X-Hub-Signature-256. */
  appSecret: string;
  verifyToken: string;
  callbackUrl?: string;
  /** When given, other template names or languages are refused with 132001 and other parameter counts with 132000. */
  templates?: readonly WhatsappTemplate[];
  /** The templates that were submitted to it. */
  submitted?: readonly WhatsappTemplate[];
}>;

export type MessageButton = Readonly<{
  text: string;
  /** Ends in `{{1}}`, which each message fills in. Without it the button copies the message's code. */
  url?: string;
}>;

/** The words of a template, with numbered variables. */
export type MessageText = Readonly<{ name: string; language: string; body: string; button?: MessageButton }>;

export type WhatsappTemplate = Readonly<{
  name: string;
  language: string;
  bodyParameters?: number;
  /** Among the submitted ones. */
  id?: string;
  category?: string;
  body?: string;
  button?: MessageButton;
  /** APPROVED by default; only then messages are accepted. */
  status?: string;
  rejectedReason?: string;
}>;

export const demoMidtransAccount: MidtransAccount = {
  merchantId: 'M-DEMO-0001',
  serverKey: 'SB-Mid-server-demo-only-antre-0001',
  clientKey: 'SB-Mid-client-demo-only-antre-0001',
};

/** A second organiser's account, so that tests can confuse the two. */
export const secondMidtransAccount: MidtransAccount = {
  merchantId: 'M-DEMO-0002',
  serverKey: 'SB-Mid-server-demo-only-antre-0002',
  clientKey: 'SB-Mid-client-demo-only-antre-0002',
};

export const demoWhatsappSender: WhatsappSender = {
  phoneNumberId: '100000000000001',
  businessAccountId: '200000000000001',
  displayPhoneNumber: '6281200000000',
  accessToken: 'demo-only-whatsapp-access-token',
  appSecret: 'demo-only-whatsapp-app-secret-0001',
  verifyToken: 'demo-only-whatsapp-verify-token',
};
