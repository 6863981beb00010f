import { SignJWT, jwtVerify } from 'jose';
import { z } from 'zod';
import { idPatterns } from '../../platform/ids.ts';
import { sessionHours } from '../limits.ts';

/**
 * The token of a signed-in member: a JWT that names the session and says nothing about rights. Only HS256 is accepted, whatever the
 * token's header says. Issuer, audience and type are fixed, so that no other token of ours is accepted as a session.
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
/** No `jwk`, `jku`, `kid`, `crit`: a header that names another key is refused even with a right signature. */
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

/** The claims of a valid token; undefined for a forged or expired one. */
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
    // The bearer learns only that the token is not accepted, not why.
    return undefined;
  }
}

function keyOf(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}
