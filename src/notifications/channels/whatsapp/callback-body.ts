import { constantTimeEqual } from '../../../platform/crypto.ts';
import type { Query } from './sender-plugin.ts';
import { parseJson } from '../../../platform/text/parse-json.ts';

/** Shared by the callbacks of several providers. */

/** The JSON or form fields of a body; undefined if it is neither. */
export function fieldsOf(body: Uint8Array): unknown {
  const text = Buffer.from(body).toString('utf8');
  const value = parseJson(text);
  if (value !== undefined) return value;
  return text.includes('=') ? Object.fromEntries(new URLSearchParams(text)) : undefined;
}

/**
 * Providers that sign nothing prove their origin by a key that we put into the callback address. No log contains it,
 * because paths are logged without their query.
 */
export function hasCallbackKey(query: Query, { callbackKey }: { readonly callbackKey: string }): boolean {
  const given = query('key');
  return given !== undefined && constantTimeEqual(given, callbackKey);
}

/** Digits of a phone as providers write it; undefined for anything else, such as a group. */
export function digitsOf(phone: string): string | undefined {
  const digits = phone.replace(/@(?:c\.us|s\.whatsapp\.net)$/, '').replace(/^\+/, '');
  return /^[1-9]\d{6,14}$/.test(digits) ? digits : undefined;
}
