import { z } from 'zod';

export const gatewayNames = ['waha', 'fonnte', 'wablas'] as const;
export type GatewayName = (typeof gatewayNames)[number];

/** A session of WAHA or a device of Fonnte or Wablas. */
export const gatewayPartySchema = z.strictObject({
  /** The caller's credential: API key, token, or `token.secret`. */
  secret: z.string().min(1).max(500),
  /** WAHA signs its callbacks with it. */
  hmacKey: z.string().max(500).optional(),
  /** The complete address, including the receiver's key for Wablas and Fonnte. */
  callbackUrl: z.url().optional(),
  /** Whether its phone is connected. */
  isConnected: z.boolean().default(true),
});
export type GatewayParty = z.output<typeof gatewayPartySchema>;
