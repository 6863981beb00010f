import { type Challenge, type Solution, solveChallenge, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/sha';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { hmacSha256 } from '../../../src/platform/crypto.ts';
import { newEventId } from '../../../src/platform/ids.ts';
import { type Challenges, createChallenges } from '../../../src/waiting-room/places/challenge.ts';
import { accountKeyOf, queueTokenSecret as secret } from '../../../testkit/waiting-room/places.ts';

/** Guards that joining costs everybody the work that the operator requires, and that no solution serves two buyers. */

const bound = { eventId: newEventId(), accountKey: accountKeyOf('ayu') };
const difficulty = 200;
let challenges: Challenges;
let challenge: Challenge;
let solution: Solution;
const sent = (of: { challenge: unknown; solution: unknown }) => Buffer.from(JSON.stringify(of)).toString('base64');

beforeAll(async () => {
  challenges = createChallenges({ secret, clock: systemClock });
  challenge = await challenges.issue({ ...bound, difficulty });
  const found = await solveChallenge({ challenge, deriveKey });
  if (found === null) throw new Error('the challenge has no solution');
  solution = found;
});

describe('a challenge', () => {
  it('is solved by the library in the way the widget sends it', () => {
    expect(challenges.isSolved(sent({ challenge, solution }), bound)).toBe(true);
    expect(solution.counter).toBeGreaterThanOrEqual(difficulty / 2);
    expect(solution.counter).toBeLessThanOrEqual(difficulty);
  });

  it('names account and event, and ends within ten minutes', () => {
    expect(challenge.parameters.data).toEqual({ account: bound.accountKey, event: bound.eventId });
    const seconds = (challenge.parameters.expiresAt ?? 0) - Date.now() / 1000;
    expect(seconds).toBeGreaterThan(590);
    expect(seconds).toBeLessThanOrEqual(600);
  });

  it('is refused for another account or another event', () => {
    const text = sent({ challenge, solution });
    expect(challenges.isSolved(text, { ...bound, accountKey: accountKeyOf('budi') })).toBe(false);
    expect(challenges.isSolved(text, { ...bound, eventId: newEventId() })).toBe(false);
    // Nor if it claims to be theirs.
    const data = { account: accountKeyOf('budi'), event: bound.eventId };
    const renamed = { ...challenge, parameters: { ...challenge.parameters, data } };
    expect(challenges.isSolved(sent({ challenge: renamed, solution }), { ...bound, accountKey: data.account })).toBe(
      false,
    );
  });

  it('ends at its time, which a client cannot move', () => {
    const later = { now: () => new Date(Date.now() + 600_001) };
    const then = createChallenges({ secret, clock: later });
    expect(then.isSolved(sent({ challenge, solution }), bound)).toBe(false);
    const parameters = { ...challenge.parameters, expiresAt: (challenge.parameters.expiresAt ?? 0) + 3600 };
    expect(then.isSolved(sent({ challenge: { ...challenge, parameters }, solution }), bound)).toBe(false);
  });

  it('is not solved by its prefix, by a counter alone, or by a self-made challenge', async () => {
    const prefix = challenge.parameters.keyPrefix;
    for (const derivedKey of [prefix.padEnd(64, '0'), prefix + prefix, '0'.repeat(64)]) {
      expect(challenges.isSolved(sent({ challenge, solution: { ...solution, derivedKey } }), bound)).toBe(false);
    }
    const own = createChallenges({ secret: 'another secret of at least 32 characters', clock: systemClock });
    const easy = await own.issue({ ...bound, difficulty: 1 });
    const solved = await solveChallenge({ challenge: easy, deriveKey });
    expect(own.isSolved(sent({ challenge: easy, solution: solved }), bound)).toBe(true);
    expect(challenges.isSolved(sent({ challenge: easy, solution: solved }), bound)).toBe(false);
  });

  it('with malformed contents is refused without an error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => Buffer.from(json).toString('base64')),
        ),
        (text) => {
          expect(challenges.isSolved(text, bound)).toBe(false);
        },
      ),
    );
    for (const value of [
      'bnVsbA==',
      'W10=',
      sent({ challenge: null, solution: null }),
      sent({ challenge, solution: [] }),
    ])
      expect(challenges.isSolved(value, bound)).toBe(false);
  });
});

describe('our check', () => {
  it('and the library’s agree on every change', async () => {
    const secretOf = (label: string) => hmacSha256(secret, label).toString('hex');
    const theirs = async (payload: { challenge: Challenge; solution: Solution }) => {
      const result = await verifySolution({
        ...payload,
        deriveKey,
        hmacSignatureSecret: secretOf('challenge.v1'),
        hmacKeySignatureSecret: secretOf('challenge_key.v1'),
      });
      return result.verified;
    };
    expect(await theirs({ challenge, solution })).toBe(true);
    const digit = fc.constantFrom(...'0123456789abcdef'.split(''));
    const places = ['keyPrefix', 'keySignature', 'nonce', 'salt', 'signature', 'derivedKey'] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), fc.nat(31), digit, async (name, at, letter) => {
        const change = (text: string) => text.slice(0, at) + letter + text.slice(at + 1);
        const changed = structuredClone({ challenge, solution });
        if (name === 'derivedKey') changed.solution.derivedKey = change(changed.solution.derivedKey);
        else if (name === 'signature') changed.challenge.signature = change(changed.challenge.signature ?? '');
        else changed.challenge.parameters[name] = change(changed.challenge.parameters[name] ?? '');
        expect(challenges.isSolved(sent(changed), bound)).toBe(await theirs(changed));
      }),
    );
  });
});
