import { decrypt, encrypt } from '../../platform/crypto.ts';
import { pluginOf } from '../channels/whatsapp/registry.ts';
import type { Sender } from '../tables.ts';

/** Bound to the sender's row: a copy in another row does not decrypt. */
const contextOf = (senderId: string) => `sender:${senderId}`;

export function sealSenderCredentials(encryptionKey: string, senderId: string, credentials: unknown): string {
  return encrypt(encryptionKey, JSON.stringify(credentials), contextOf(senderId));
}

/**
 * The credentials of the sender's kind.
 * @throws if the row was not encrypted with this key for this sender
 */
export function openSenderCredentials(
  encryptionKey: string,
  sender: Pick<Sender, 'id' | 'kind' | 'credentials'>,
): unknown {
  const opened: unknown = JSON.parse(decrypt(encryptionKey, sender.credentials, contextOf(sender.id)));
  return pluginOf(sender.kind).credentials.parse(opened);
}
