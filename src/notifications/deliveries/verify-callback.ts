import type { Config } from '../../config.ts';
import { constantTimeEqual } from '../../platform/crypto.ts';
import type { Db } from '../../platform/database/db.ts';
import { callbackRefused } from '../errors.ts';
import { openSenderCredentials } from '../senders/sender-credentials.ts';
import { findSenderForCallback } from '../senders/queries.ts';

/**
 * The handshake by which WhatsApp makes sure that a callback address wants its callbacks.
 * @returns the challenge to answer with
 * @throws DomainError notification.callback_refused
 */
export async function verifyCallback(
  deps: { db: Db; config: Pick<Config, 'ENCRYPTION_KEY'> },
  input: { senderId: string; mode: string | undefined; verifyToken: string | undefined; challenge: string | undefined },
): Promise<string> {
  const sender = await findSenderForCallback(deps.db, input.senderId);
  if (
    sender === undefined ||
    input.mode !== 'subscribe' ||
    input.verifyToken === undefined ||
    input.challenge === undefined
  ) {
    throw callbackRefused();
  }
  const { verifyToken } = openSenderCredentials(deps.config.ENCRYPTION_KEY, sender);
  if (!constantTimeEqual(input.verifyToken, verifyToken)) throw callbackRefused();
  return input.challenge;
}
