import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { constantTimeEqual, hmacSha256Text } from '../../../platform/crypto.ts';
import { type Language, languages } from '../../i18n/language.ts';

/**
 * The desk's cookies: the member's session, the known-client token, and the language. The prefix `__Host-` keeps sibling subdomains
 * and pages without TLS from setting them. All are HttpOnly and SameSite=Strict.
 */
type Kept = 'staff' | 'known_client' | 'language';

const daySeconds = 24 * 3600;
const ageSeconds = { known_client: 180 * daySeconds, language: 365 * daySeconds } as const;

const isSecure = (publicUrl: string) => publicUrl.startsWith('https:');
const nameOf = (kept: Kept, publicUrl: string) => `${isSecure(publicUrl) ? '__Host-' : ''}antre_${kept}`;

/** @param maxAgeSeconds zero deletes the cookie */
function setCookie(c: Context, publicUrl: string, kept: Kept, value: string, maxAgeSeconds: number): void {
  const secure = isSecure(publicUrl) ? '; Secure' : '';
  const cookie = `${nameOf(kept, publicUrl)}=${value}; Max-Age=${maxAgeSeconds}; Path=/; HttpOnly; SameSite=Strict${secure}`;
  c.header('set-cookie', cookie, { append: true });
}

/** Sets the cookies of a sign-in. The session cookie expires with its session. */
export function keepSession(
  c: Context,
  publicUrl: string,
  signedIn: { readonly accessToken: string; readonly expiresAt: string; readonly knownClientToken: string },
  now: Date,
): void {
  const seconds = Math.max(0, Math.floor((Date.parse(signedIn.expiresAt) - now.getTime()) / 1000));
  setCookie(c, publicUrl, 'staff', signedIn.accessToken, seconds);
  setCookie(c, publicUrl, 'known_client', signedIn.knownClientToken, ageSeconds.known_client);
}

export function dropSession(c: Context, publicUrl: string): void {
  setCookie(c, publicUrl, 'staff', '', 0);
}

export function sessionOf(c: Context, publicUrl: string): string | undefined {
  return valueOf(c, publicUrl, 'staff', /^[\w.-]{20,2000}$/);
}

export function knownClientOf(c: Context, publicUrl: string): string | undefined {
  return valueOf(c, publicUrl, 'known_client', /^[\w.-]{1,256}$/);
}

/** The language of the desk: `?lang=` if given, which is also remembered, else the cookie. */
export function keptLanguage(c: Context, publicUrl: string): Language | undefined {
  const asked = languages.find((language) => language === c.req.query('lang'));
  if (asked !== undefined) setCookie(c, publicUrl, 'language', asked, ageSeconds.language);
  return asked ?? languages.find((language) => language === getCookie(c, nameOf('language', publicUrl)));
}

/** A malformed cookie is treated as missing. */
function valueOf(c: Context, publicUrl: string, kept: Kept, pattern: RegExp): string | undefined {
  const value = getCookie(c, nameOf(kept, publicUrl));
  return value !== undefined && pattern.test(value) ? value : undefined;
}

/**
 * The CSRF token of a form. It consists of a mark of the session, which another site can neither read nor compute, and a mark of the member,
 * which identifies the author of a form after its session has ended.
 */
export function formToken(secret: string, session: string, memberId: string): string {
  return `${sessionMark(secret, session)}.${memberMark(secret, memberId)}`;
}

export function isFormToken(secret: string, session: string, given: string): boolean {
  return constantTimeEqual(sessionMark(secret, session), given.split('.')[0] ?? '');
}

/** Whether a form was opened by this member, in whichever session. */
export function isFormOf(secret: string, memberId: string, given: string): boolean {
  return constantTimeEqual(memberMark(secret, memberId), memberMarkIn(given));
}

/** The mark of the member in a form's token; empty where there is none. */
export function memberMarkIn(given: string): string {
  return given.split('.')[1] ?? '';
}

function sessionMark(secret: string, session: string): string {
  return hmacSha256Text(secret, `desk_form.v1\0${session}`);
}

export function memberMark(secret: string, memberId: string): string {
  return hmacSha256Text(secret, `desk_form_member.v1\0${memberId}`);
}
