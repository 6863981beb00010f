import { z } from '@hono/zod-openapi';

/** The fields that the accounts of all gateways have. */
export const accountFields = {
  merchantId: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\w.-]+$/),
  buyerPaysFee: z.boolean().default(false).openapi({
    description:
      'The account adds the fee of the gateway to what buyers pay. What comes beyond the total of an order is then booked as that fee, also where the gateway does not state it. Without this, an amount beyond the total that the gateway does not explain goes back to the buyer.',
  }),
};
