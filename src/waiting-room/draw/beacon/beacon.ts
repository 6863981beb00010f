import { z } from 'zod';
import { withDeadline } from '../../../platform/resilience/deadline.ts';
import { type BeaconChain, randomnessOf } from './beacon-chain.ts';
import { isRoundSigned } from './beacon-signature.ts';
import { parseJson } from '../../../platform/text/parse-json.ts';

export type BeaconAnswer =
  | { readonly kind: 'value'; readonly signature: Buffer; readonly randomness: Buffer }
  /** No relay has the round yet. */
  | { readonly kind: 'early' }
  /** A relay answered with something that the chain's key did not sign, and no relay had the real value. */
  | { readonly kind: 'forged'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string };

export type Beacon = { fetchRound(round: number, signal: AbortSignal): Promise<BeaconAnswer> };

const timeoutMsDefault = 5000;
const answerBytesMax = 16 * 1024;
const roundSchema = z.object({ round: z.int().positive(), signature: z.string().regex(/^[0-9a-f]{96}$/) });

/**
 * Reads rounds over drand's HTTP API, relay after relay, and trusts none of them: only the signature counts. Never
 * throws because of a relay.
 */
export function createBeacon(chain: BeaconChain, options: { timeoutMs?: number } = {}): Beacon {
  const timeoutMs = options.timeoutMs ?? timeoutMsDefault;
  return {
    fetchRound: async (round, signal) => {
      const answers: BeaconAnswer[] = [];
      for (const url of chain.urls) {
        const answer = await askRelay(chain, `${url}/${chain.hash}/public/${round}`, round, { timeoutMs, signal });
        if (answer.kind === 'value') return answer;
        answers.push(answer);
      }
      return (
        answers.find(({ kind }) => kind === 'forged') ??
        answers.find(({ kind }) => kind === 'early') ??
        answers[0] ?? { kind: 'unavailable', reason: 'no relay is configured' }
      );
    },
  };
}

type Limits = { readonly timeoutMs: number; readonly signal: AbortSignal };

async function askRelay(chain: BeaconChain, url: string, round: number, limits: Limits): Promise<BeaconAnswer> {
  try {
    return await withDeadline(limits.signal, limits.timeoutMs, async (signal) => {
      const response = await fetch(url, { redirect: 'manual', signal, headers: { accept: 'application/json' } });
      if (response.status !== 200) {
        await response.body?.cancel();
        // The answer of relays for a round whose time has not come.
        if (response.status === 404 || response.status === 425) return { kind: 'early' };
        return { kind: 'unavailable', reason: `HTTP ${response.status}` };
      }
      return judge(chain, round, await readText(response));
    });
  } catch (error) {
    return { kind: 'unavailable', reason: error instanceof Error ? error.message : 'no answer' };
  }
}

function judge(chain: BeaconChain, round: number, text: string | undefined): BeaconAnswer {
  const parsed = roundSchema.safeParse(parseJson(text ?? ''));
  if (!parsed.success) return { kind: 'unavailable', reason: 'an answer that is no round' };
  if (parsed.data.round !== round)
    return { kind: 'forged', reason: `asked for another round than ${parsed.data.round}` };
  const signature = Buffer.from(parsed.data.signature, 'hex');
  if (!isRoundSigned(chain.publicKey, round, signature))
    return { kind: 'forged', reason: `round ${round} is not signed by the chain` };
  return { kind: 'value', signature, randomness: randomnessOf(signature) };
}

async function readText(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    // Leaving the loop cancels the body: an endless answer costs no more than this.
    if (length > answerBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
