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
      "Whether the account adds the gateway's fee to what buyers pay. If so, any amount above the total of an order is booked as that fee, even if the gateway does not state it. If not, an unexplained amount above the total goes back to the buyer.",
  }),
};
