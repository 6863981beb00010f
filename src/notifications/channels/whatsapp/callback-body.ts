import { constantTimeEqual } from '../../../platform/crypto.ts';
import type { Query } from './sender-plugin.ts';

/** What the callbacks of several providers have in common. */

/** The JSON or form fields of a body; undefined when it is neither. */
export function fieldsOf(body: Uint8Array): unknown {
  const text = Buffer.from(body).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text.includes('=') ? Object.fromEntries(new URLSearchParams(text)) : undefined;
  }
}

/**
 * Gateways that sign nothing prove themselves by a key that we gave with the callback address. It stands in no log: paths
 * are logged without their query.
 */
export function hasCallbackKey(query: Query, { callbackKey }: { readonly callbackKey: string }): boolean {
  const given = query('key');
  return given !== undefined && constantTimeEqual(given, callbackKey);
}

/** Digits of a phone as gateways write it; undefined when it is no phone, as for groups. */
export function digitsOf(phone: string): string | undefined {
  const digits = phone.replace(/@(?:c\.us|s\.whatsapp\.net)$/, '').replace(/^\+/, '');
  return /^[1-9]\d{6,14}$/.test(digits) ? digits : undefined;
}
