import { SignJWT, jwtVerify } from 'jose';
import { z } from 'zod';
import { idPatterns } from '../../platform/ids.ts';
import { sessionHours } from '../limits.ts';

/**
 * What a signed-in member carries: a JWT that says which session it is, and nothing about rights. HS256 is the one
 * algorithm, whatever the token's header says; issuer, audience and type are pinned, so that no other token of ours
 * passes for it.
 */
const algorithm = 'HS256';
const issuer = 'antre';
const audience = 'antre:staff';
const type = 'antre-session+jwt';
const clockToleranceSeconds = 30;

const claimsSchema = z.strictObject({
  iss: z.literal(issuer),
  aud: z.literal(audience),
  sub: z.string().regex(idPatterns.plain),
  sid: z.string().regex(idPatterns.plain),
  iat: z.int().positive(),
  exp: z.int().positive(),
});
/** No `jwk`, `jku`, `kid`, `crit`: a header that asks for another key is refused even when the signature is right. */
const headerSchema = z.strictObject({ alg: z.literal(algorithm), typ: z.literal(type) });

export type SessionClaims = { readonly sessionId: string; readonly staffId: string; readonly expiresAt: Date };

export function signSessionToken(
  secret: string,
  session: { id: string; staffId: string; createdAt: Date; expiresAt: Date },
): Promise<string> {
  return new SignJWT({ sid: session.id })
    .setProtectedHeader({ alg: algorithm, typ: type })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(session.staffId)
    .setIssuedAt(session.createdAt)
    .setExpirationTime(session.expiresAt)
    .sign(keyOf(secret));
}

/** What the token claims, or undefined when it is not one of ours, or not any more. */
export async function readSessionToken(secret: string, token: string, now: Date): Promise<SessionClaims | undefined> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keyOf(secret), {
      algorithms: [algorithm],
      issuer,
      audience,
      typ: type,
      requiredClaims: ['iss', 'aud', 'sub', 'sid', 'iat', 'exp'],
      maxTokenAge: `${sessionHours}h`,
      clockTolerance: clockToleranceSeconds,
      currentDate: now,
    });
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success || !headerSchema.safeParse(protectedHeader).success) return undefined;
    const { sid, sub, exp } = claims.data;
    return { sessionId: sid, staffId: sub, expiresAt: new Date(exp * 1000) };
  } catch {
    // Whatever is wrong with a token, its bearer learns only that it is not accepted.
    return undefined;
  }
}

function keyOf(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}
