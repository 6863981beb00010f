import { z } from '@hono/zod-openapi';
import { patternFault } from '../../../http/contract/schemas.ts';
import { previousKeyHours, previousKeysMax } from '../../limits.ts';
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
  /** Earlier keys, the latest first. Callbacks signed with one are accepted until its time, in milliseconds since 1970. */
  previous: z.array(z.object({ serverKey: z.string().min(1), until: z.number() })).default([]),
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
  toCredentials: ({ serverKey, clientKey }, before, now) => {
    if (before === undefined) return { serverKey, clientKey, previous: [] };
    if (before.serverKey === serverKey) return { ...before, clientKey };
    const replaced = { serverKey: before.serverKey, until: now + previousKeyHours * 3_600_000 };
    const previous = [replaced, ...before.previous]
      .filter((key) => key.until > now && key.serverKey !== serverKey)
      .slice(0, previousKeysMax);
    return { serverKey, clientKey, previous };
  },
  acceptedKeys: ({ serverKey, previous }, now) => [
    serverKey,
    ...previous.filter(({ until }) => now < until).map((key) => key.serverKey),
  ],
};
