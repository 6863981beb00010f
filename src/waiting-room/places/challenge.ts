import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { type Challenge, createChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/sha';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { hmacSha256 } from '../../platform/crypto.ts';
import { parseJson } from '../../platform/text/parse-json.ts';

/**
 * Proof of work for joining, in the format of ALTCHA (version 2), so that its widget or `altcha-lib` solves it. The
 * client searches the number whose SHA-256, together with nonce and salt, begins with the given prefix; it lies between
 * half the difficulty and the whole. The challenge carries the account and the event under our signature: nobody else
 * can use a solution, and nothing is stored. Only the signature covers the full hash of the number, so the prefix alone
 * solves nothing.
 *
 * The library makes challenges. It could also check solutions, but takes 110 us, because it imports its keys for each
 * mark. Here the two marks are computed in 4 us, from our own record of what was signed. A test compares both.
 */
export type Challenges = {
  /** @param request.difficulty at least 1: the most hashes that the search may take */
  issue(request: Bound & { readonly difficulty: number }): Promise<Challenge>;
  /** Whether the text, as the widget sends it, solves a challenge of this account and event that has not expired. */
  isSolved(solution: string, bound: Bound): boolean;
};

type Bound = { readonly eventId: string; readonly accountKey: string };

const challengeMinutes = 10;
const algorithm = 'SHA-256';
const cost = 1;
const keyLength = 32;

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const payloadSchema = z.object({
  challenge: z.object({
    parameters: z.object({
      expiresAt: z.int().positive(),
      keyPrefix: hex(keyLength),
      keySignature: hex(64),
      nonce: hex(32),
      salt: hex(32),
    }),
    signature: hex(64),
  }),
  solution: z.object({ counter: z.int().nonnegative(), derivedKey: hex(2 * keyLength) }),
});

export function createChallenges(deps: { secret: string; clock: Clock }): Challenges {
  const signatureSecret = hmacSha256(deps.secret, 'challenge.v1').toString('hex');
  const keySecret = hmacSha256(deps.secret, 'challenge_key.v1').toString('hex');

  return {
    issue: ({ eventId, accountKey, difficulty }) =>
      createChallenge({
        algorithm,
        cost,
        keyLength,
        deriveKey,
        counter: randomInt(Math.floor(difficulty / 2), difficulty + 1),
        expiresAt: new Date(deps.clock.now().getTime() + challengeMinutes * 60_000),
        data: { account: accountKey, event: eventId },
        hmacSignatureSecret: signatureSecret,
        hmacKeySignatureSecret: keySecret,
      }),
    isSolved: (text, { eventId, accountKey }) => {
      const payload = payloadOf(text);
      if (payload === undefined) return false;
      const { challenge, solution } = payload;
      const { expiresAt, keyPrefix, keySignature, nonce, salt } = challenge.parameters;
      if (expiresAt * 1000 <= deps.clock.now().getTime()) return false;
      // In alphabetical order, as they are signed.
      const signed = JSON.stringify({
        algorithm,
        cost,
        data: { account: accountKey, event: eventId },
        expiresAt,
        keyLength,
        keyPrefix,
        keySignature,
        nonce,
        salt,
      });
      return (
        isMark(challenge.signature, signatureSecret, signed) &&
        isMark(keySignature, keySecret, Buffer.from(solution.derivedKey, 'hex'))
      );
    },
  };
}

function payloadOf(text: string): z.output<typeof payloadSchema> | undefined {
  return payloadSchema.safeParse(parseJson(Buffer.from(text, 'base64').toString('utf8'))).data;
}

/** @param mark 64 hexadecimal digits */
function isMark(mark: string, secret: string, data: string | Uint8Array): boolean {
  return timingSafeEqual(Buffer.from(mark, 'hex'), createHmac('sha256', secret).update(data).digest());
}
