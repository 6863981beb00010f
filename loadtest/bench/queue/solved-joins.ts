import { createHash } from 'node:crypto';
import { systemClock } from '../../../src/platform/clock.ts';
import { createChallenges } from '../../../src/waiting-room/index.ts';
import { benchQueueTokenSecret } from '../harness/api-environment.ts';

type Issued = Awaited<ReturnType<ReturnType<typeof createChallenges>['issue']>>;

const madeAtOnce = 500;

/** The service's challenges, solved: for each account's join, its body with the length before it. */
export async function solveFor(eventId: string, accountKeys: readonly string[], difficulty: number): Promise<string[]> {
  const challenges = createChallenges({ secret: benchQueueTokenSecret, clock: systemClock });
  const requests: string[] = [];
  for (let from = 0; from < accountKeys.length; from += madeAtOnce) {
    const batch = accountKeys.slice(from, from + madeAtOnce);
    const made = await Promise.all(batch.map((accountKey) => challenges.issue({ eventId, accountKey, difficulty })));
    requests.push(...made.map((challenge) => requestWith(solved(challenge, difficulty))));
  }
  return requests;
}

/** ALTCHA's search: the number whose hash, after salt and nonce, has the given beginning. */
function solved(challenge: Issued, difficulty: number): string {
  const { nonce, salt, keyPrefix } = challenge.parameters;
  const input = Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(nonce, 'hex'), Buffer.alloc(4)]);
  for (let counter = 0; counter <= difficulty; counter += 1) {
    input.writeUInt32BE(counter, input.length - 4);
    const derivedKey = createHash('sha256').update(input).digest('hex');
    if (derivedKey.startsWith(keyPrefix))
      return Buffer.from(JSON.stringify({ challenge, solution: { counter, derivedKey } })).toString('base64');
  }
  throw new Error('a challenge that has no solution');
}

function requestWith(challenge: string): string {
  const body = JSON.stringify({ challenge });
  return `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
