import { createHmac, randomBytes } from 'node:crypto';
import { decrypt, encrypt } from '../../platform/crypto.ts';
import type { WebhookEndpoint } from './tables.ts';

/** Signatures after Standard Webhooks (https://www.standardwebhooks.com), with symmetric secrets. */

const secretPrefix = 'whsec_';
const secretBytes = 32;

export function newWebhookSecret(): string {
  return secretPrefix + randomBytes(secretBytes).toString('base64');
}

/** Bound to the endpoint's row: a value copied to another row does not decrypt there. */
const contextOf = (endpointId: string) => `webhook_endpoint:${endpointId}`;

export function sealWebhookSecret(encryptionKey: string, endpointId: string, secret: string): string {
  return encrypt(encryptionKey, secret, contextOf(endpointId));
}

/** The secrets in force at `now`, the newest first. During a rotation there are two. */
export function openWebhookSecrets(
  encryptionKey: string,
  endpoint: Pick<WebhookEndpoint, 'id' | 'secret' | 'previousSecret' | 'previousSecretUntil'>,
  now: Date,
): string[] {
  const { previousSecret, previousSecretUntil } = endpoint;
  const sealed = [endpoint.secret];
  if (previousSecret !== null && previousSecretUntil !== null && previousSecretUntil > now) sealed.push(previousSecret);
  return sealed.map((value) => decrypt(encryptionKey, value, contextOf(endpoint.id)));
}

/** The three headers of a webhook. Each secret gives a signature; a receiver accepts if one of them is right. */
export function signedHeaders(
  secrets: readonly string[],
  { id, sentAt, body }: { readonly id: string; readonly sentAt: Date; readonly body: string },
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
