/** The WhatsApp providers that the API supports, with the fields of each. */
export const senderKinds = ['whatsapp_cloud', 'waha', 'fonnte', 'wablas'] as const;
export type SenderKind = (typeof senderKinds)[number];

export const senderNames: Readonly<Record<SenderKind, string>> = {
  whatsapp_cloud: 'WhatsApp Cloud API',
  waha: 'WAHA',
  fonnte: 'Fonnte',
  wablas: 'Wablas',
};

type SenderField = {
  /** The field's name in the API's body. */
  readonly name: string;
  /** The provider's own term, not translated. */
  readonly label: string;
  readonly isSecret?: true;
  readonly isOptional?: true;
};

const callbackKey: SenderField = { name: 'callbackKey', label: 'Callback key', isSecret: true };

export const senderFields: Readonly<Record<SenderKind, readonly SenderField[]>> = {
  whatsapp_cloud: [
    { name: 'phoneNumberId', label: 'Phone number ID' },
    { name: 'accessToken', label: 'Access token', isSecret: true },
    { name: 'appSecret', label: 'App secret', isSecret: true },
    { name: 'verifyToken', label: 'Verify token', isSecret: true },
    { name: 'businessAccountId', label: 'WhatsApp Business Account ID', isOptional: true },
  ],
  waha: [
    { name: 'instance', label: 'Instance' },
    { name: 'session', label: 'Session' },
    { name: 'apiKey', label: 'API key', isSecret: true },
    { name: 'hmacKey', label: 'HMAC key', isSecret: true },
  ],
  fonnte: [{ name: 'device', label: 'Device' }, { name: 'token', label: 'Token', isSecret: true }, callbackKey],
  wablas: [
    { name: 'device', label: 'Device' },
    { name: 'server', label: 'Server' },
    { name: 'token', label: 'Token', isSecret: true },
    { name: 'secretKey', label: 'Secret key', isSecret: true, isOptional: true },
    callbackKey,
  ],
};
