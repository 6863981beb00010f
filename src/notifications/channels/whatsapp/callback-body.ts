import { z } from 'zod';
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

/** A text that providers also write as a number. */
export const spelled = z.union([z.string(), z.number()]).transform(String);

/** A message's id of a provider, as a text or a number. */
export const spelledId = spelled.pipe(z.string().regex(/^[\w-]{1,60}$/));

/** Seconds since 1970, as a number or a text; undefined for anything else. */
export const spelledSeconds = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .nullish()
  .catch(undefined)
  .transform((seconds) => seconds ?? undefined);

/** Providers, and forms instead of JSON, write yes as `true`, `1` or a text of either. Everything else is no. */
export const isYes = (value: unknown): boolean => /^(?:true|1)$/i.test(String(value));

/** Digits of a phone as providers write it; undefined for anything else, such as a group. */
export function digitsOf(phone: string): string | undefined {
  const digits = phone.replace(/(?::\d{1,5})?@(?:c\.us|s\.whatsapp\.net)$/, '').replace(/^\+/, '');
  return /^[1-9]\d{6,14}$/.test(digits) ? digits : undefined;
}
