import { z } from 'zod';
import { decrypt, encrypt } from '../../platform/crypto.ts';

const credentialsSchema = z.strictObject({ accessToken: z.string(), appSecret: z.string(), verifyToken: z.string() });
export type SenderCredentials = z.output<typeof credentialsSchema>;

/** Bound to the sender's row: copied to another one it does not decrypt. */
const contextOf = (senderId: string) => `sender:${senderId}`;

export function sealSenderCredentials(encryptionKey: string, senderId: string, credentials: SenderCredentials): string {
  return encrypt(encryptionKey, JSON.stringify(credentials), contextOf(senderId));
}

/** @throws when the row was not sealed with this key for this sender. */
export function openSenderCredentials(
  encryptionKey: string,
  sender: { id: string; credentials: string },
): SenderCredentials {
  return credentialsSchema.parse(JSON.parse(decrypt(encryptionKey, sender.credentials, contextOf(sender.id))));
}
