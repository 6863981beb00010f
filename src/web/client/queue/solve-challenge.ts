import { fromHex, sha256, toHex } from './bytes.ts';

/**
 * The work that joining costs, in the format of ALTCHA version 2: find the number whose hash has the given beginning.
 */
export type Challenge = {
  readonly parameters: {
    readonly algorithm: string;
    readonly cost: number;
    readonly keyLength: number;
    readonly keyPrefix: string;
    readonly nonce: string;
    readonly salt: string;
  };
  readonly signature: string;
};

/** Length of one slice of work. The page stays responsive between slices. */
const sliceMs = 10;
/** Hashes between two readings of the clock, which costs as much as some hashes. */
const hashesPerLook = 64;
const counterMax = 2 ** 32 - 1;

/**
 * Solves the challenge in slices on the page's own thread, so that the page stays responsive. A worker is not possible: the
 * page's policy allows no script from a string or blob.
 * @param options.difficulty of the room: the number is between half of it and all of it, unless it has changed meanwhile
 * @param options.onProgress told the finished share of the work from time to time, from 0 to 1
 * @returns the body member for the join; undefined if the page does not know this kind of challenge
 */
export async function solveChallenge(
  challenge: Challenge,
  options: { readonly difficulty: number; onProgress(share: number): void },
): Promise<string | undefined> {
  const { algorithm, cost, keyLength, keyPrefix, nonce, salt } = challenge.parameters;
  if (algorithm !== 'SHA-256' || keyLength !== 32 || !/^(?:[0-9a-f]{2})+$/.test(keyPrefix)) return undefined;
  const wanted = fromHex(keyPrefix);
  const input = joinedInput(fromHex(salt), fromHex(nonce));
  const counterAt = new DataView(input.buffer, input.length - 4);
  const half = Math.floor(options.difficulty / 2);
  for (let tried = 0; tried < counterMax; ) {
    const endsAt = performance.now() + sliceMs;
    do {
      for (let n = 0; n < hashesPerLook; n += 1) {
        const counter = counterOf(tried, half);
        tried += 1;
        counterAt.setUint32(0, counter);
        const key = derived(input, cost);
        if (startsWith(key, wanted)) return packed(challenge, { counter, derivedKey: toHex(key) });
      }
    } while (performance.now() < endsAt);
    options.onProgress(Math.min(tried / Math.max(half, 1), 1));
    await turn();
  }
  return undefined;
}

/** The order of the search: from half to the whole, then the lower half, then above. */
function counterOf(tried: number, half: number): number {
  const inUpper = half + 2;
  if (tried < inUpper) return half + tried;
  const after = tried - inUpper;
  return after < half ? after : tried;
}

function joinedInput(salt: Uint8Array, nonce: Uint8Array): Uint8Array<ArrayBuffer> {
  const input = new Uint8Array(salt.length + nonce.length + 4);
  input.set(salt);
  input.set(nonce, salt.length);
  return input;
}

function derived(input: Uint8Array, cost: number): Uint8Array {
  let key = sha256(input);
  for (let round = 1; round < cost; round += 1) key = sha256(key);
  return key;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let at = 0; at < start.length; at += 1) if (bytes[at] !== start[at]) return false;
  return true;
}

function packed(challenge: Challenge, solution: { counter: number; derivedKey: string }): string {
  return btoa(JSON.stringify({ challenge, solution }));
}

/** Yields to other work. A hidden page runs a timer only once a second, so this uses a message. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
}
