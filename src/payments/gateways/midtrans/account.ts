import { z } from '@hono/zod-openapi';
import { patternFault } from '../../../http/contract/schemas.ts';
import { previousKeyHours } from '../../limits.ts';
import type { AccountDefinition } from '../gateway-plugin.ts';
import { accountFields } from '../account-fields.ts';

/** Visible ASCII without spaces, as Midtrans issues it. */
const key = z
  .string()
  .min(8)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, patternFault('text.not_visible_ascii'));

const form = z
  .strictObject({
    merchantId: accountFields.merchantId,
    serverKey: key,
    clientKey: key,
    buyerPaysFee: accountFields.buyerPaysFee,
  })
  .openapi('SetPaymentAccount');

const credentials = z.object({
  serverKey: z.string().min(1),
  clientKey: z.string(),
  previousServerKey: z.string().min(1).optional(),
  /** Milliseconds since 1970: until then callbacks may still be signed with it. */
  previousServerKeyUntil: z.number().optional(),
});
export type MidtransCredentials = z.output<typeof credentials>;

/** The server key signs callbacks and authenticates our calls. */
export const account: AccountDefinition<z.output<typeof form>, MidtransCredentials> = {
  form,
  example: {
    merchantId: 'G123456789',
    serverKey: 'Mid-server-example',
    clientKey: 'Mid-client-example',
  },
  credentials,
  toCredentials: ({ serverKey, clientKey }, previous, now) => {
    if (previous === undefined) return { serverKey, clientKey };
    if (previous.serverKey === serverKey) return { ...previous, clientKey };
    return {
      serverKey,
      clientKey,
      previousServerKey: previous.serverKey,
      previousServerKeyUntil: now + previousKeyHours * 3_600_000,
    };
  },
  acceptedKeys: ({ serverKey, previousServerKey, previousServerKeyUntil = 0 }, now) => {
    const hasPrevious = previousServerKey !== undefined && now < previousServerKeyUntil;
    return hasPrevious ? [serverKey, previousServerKey] : [serverKey];
  },
};
