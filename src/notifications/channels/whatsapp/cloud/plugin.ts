import { z } from 'zod';
import { constantTimeEqual, hmacSha256 } from '../../../../platform/crypto.ts';
import type { SenderPlugin } from '../sender-plugin.ts';
import { readGraphCallback } from './read-callback.ts';
import { cloudCredentials, sendByGraph } from './send.ts';

const secretText = z.string().min(8).max(1000);
export const cloudForm = z.strictObject({
  kind: z.literal('whatsapp_cloud'),
  phoneNumberId: z.string().regex(/^\d{5,20}$/),
  accessToken: secretText,
  appSecret: secretText,
  verifyToken: secretText,
  /** The WhatsApp Business account, whose templates are watched. */
  businessAccountId: z
    .string()
    .regex(/^\d{5,20}$/)
    .optional(),
});

/** Meta's own API: templates that Meta has approved, signed callbacks. */
export const cloud: SenderPlugin<z.output<typeof cloudForm>, z.output<typeof cloudCredentials>> = {
  kind: 'whatsapp_cloud',
  callbackName: 'whatsapp',
  form: cloudForm,
  credentials: cloudCredentials,
  read: ({ phoneNumberId, accessToken, appSecret, verifyToken }) => ({
    externalId: phoneNumberId,
    credentials: { accessToken, appSecret, verifyToken },
  }),
  // The API takes 80 per second from a new number.
  limits: { messagesPerSecond: 60, dailyCap: null, warmUpFrom: null },
  hasTemplates: true,
  namesDeliveries: true,
  send: sendByGraph,
  isGenuine: ({ body, header }, { appSecret }) => {
    const expected = `sha256=${hmacSha256(appSecret, body).toString('hex')}`;
    const given = header('x-hub-signature-256');
    return given !== undefined && constantTimeEqual(given, expected);
  },
  handshake: (query, { verifyToken }) => {
    const given = query('hub.verify_token');
    const isRight = query('hub.mode') === 'subscribe' && given !== undefined && constantTimeEqual(given, verifyToken);
    return isRight ? query('hub.challenge') : undefined;
  },
  readCallback: readGraphCallback,
};
