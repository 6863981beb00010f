import type { RedisClient } from '../../platform/redis-client.ts';
import { type Answer, answerOf } from './answer.ts';
import { lastGoodMs, sharedFreshRatio } from './entry.ts';
import type { ReadPlace } from './kind.ts';
import { sharedFailures } from './metrics.ts';
import { mayAsk, noteAnswer, noteSilence } from '../../platform/redis.ts';

/**
 * Answers in Redis, shared by all processes, and the lease by which one process rebuilds. All keys of a tag share it as
 * their hash tag, so that each script below runs on one node of a cluster.
 *
 * Each tag has a generation, which every change raises. An answer is stored with the generation that was read before
 * rendering, and only if that generation is still current. An answer rendered before a change therefore never counts as
 * current after it. Ages follow the clock of Redis, computed from a value's remaining lifetime.
 *
 * Nothing here matters if it is lost. Every failure counts as "Redis is down".
 */

/** The longest time of a lease; longer than a query may take. */
const leaseMs = 4000;
/** Longer than the lifetime of any value, so that a generation never restarts below that of a stored value. */
const generationMs = 3_600_000;

/** KEYS value, generation, lease. ARGV token, lease ms. */
const takeScript = `
local generation = redis.call('get', KEYS[2]) or '0'
local value = redis.call('hmget', KEYS[1], 'generation', 'lives', 'fresh', 'lifetime', 'digest', 'plain', 'gzip', 'br')
local age, fresh, leased = 0, 0, 0
if value[1] then
  age = tonumber(value[2]) - redis.call('pttl', KEYS[1])
  if value[1] == generation and age < tonumber(value[3]) then fresh = 1 end
end
if fresh == 0 and redis.call('set', KEYS[3], ARGV[1], 'nx', 'px', ARGV[2]) then leased = 1 end
return { generation, age, fresh, leased, value[4], value[5], value[6], value[7], value[8] }`;

/** KEYS value, generation, lease. ARGV token, generation, lives, fresh, lifetime, digest, plain, gzip, br. */
const storeScript = `
if (redis.call('get', KEYS[2]) or '0') == ARGV[2] then
  redis.call('hset', KEYS[1], 'generation', ARGV[2], 'lives', ARGV[3], 'fresh', ARGV[4], 'lifetime', ARGV[5],
    'digest', ARGV[6], 'plain', ARGV[7], 'gzip', ARGV[8], 'br', ARGV[9])
  redis.call('pexpire', KEYS[1], ARGV[3])
end
if redis.call('get', KEYS[3]) == ARGV[1] then redis.call('del', KEYS[3]) end
return 1`;

/** KEYS value, lease. ARGV token, "missing" if the value must go too. */
const releaseScript = `
if ARGV[2] == 'missing' then redis.call('del', KEYS[1]) end
if redis.call('get', KEYS[2]) == ARGV[1] then redis.call('del', KEYS[2]) end
return 1`;

export type SharedAnswer = { readonly answer: Answer; readonly ageMs: number; readonly lifetimeMs: number };

export type Taken =
  | { readonly state: 'fresh'; readonly found: SharedAnswer }
  /** This process rebuilds; it must store or release. */
  | { readonly state: 'leased'; readonly generation: string; readonly found: SharedAnswer | undefined }
  /** Another process rebuilds now. */
  | { readonly state: 'busy'; readonly found: SharedAnswer | undefined }
  | { readonly state: 'away'; readonly found: undefined };

const away: Taken = { state: 'away', found: undefined };

const valueKey = (place: ReadPlace) => `{${place.tag}}:read:${place.name}`;
const leaseKey = (place: ReadPlace) => `{${place.tag}}:read-lease:${place.name}`;
const generationKey = (tag: string) => `{${tag}}:read-generation`;

/** The shared answer if it is fresh, else the lease if it is free. One round trip. */
export async function takeShared(redis: RedisClient, place: ReadPlace, token: string): Promise<Taken> {
  if (!mayAsk(redis)) return away;
  let reply: unknown;
  try {
    const keys = [valueKey(place), generationKey(place.tag), leaseKey(place)];
    // A pipeline of one, because ioredis 6 loses the command's name when it auto-pipelines `callBuffer`.
    const results = await redis
      .pipeline()
      .callBuffer('EVAL', takeScript, 3, ...keys, token, leaseMs)
      .exec();
    const [error, value] = results?.[0] ?? [];
    if (error !== null && error !== undefined) throw error;
    noteAnswer(redis);
    reply = value;
  } catch {
    noteSilence(redis);
    sharedFailures.inc();
    return away;
  }
  if (!Array.isArray(reply)) return away;
  const [generation, age, fresh, leased, lifetime, digest, plain, gzip, br]: unknown[] = reply;
  const found = toShared({ age, lifetime, digest, plain, gzip, br });
  if (fresh === 1 && found !== undefined) return { state: 'fresh', found };
  if (leased === 1) return { state: 'leased', generation: String(generation), found };
  return { state: 'busy', found };
}

/** The stored fields, as the script returns them. */
type Stored = Readonly<Record<'age' | 'lifetime' | 'digest' | 'plain' | 'gzip' | 'br', unknown>>;

function toShared({ age, lifetime, digest, plain, gzip, br }: Stored): SharedAnswer | undefined {
  const body = copyOf(plain);
  if (!Buffer.isBuffer(digest) || body === undefined) return undefined;
  const answer = answerOf(digest.toString(), body, copyOf(gzip), copyOf(br));
  return { answer, ageMs: Math.max(0, Number(age)), lifetimeMs: Number(lifetime) };
}

/** ioredis cuts replies from larger network buffers, which a small body would keep alive. Empty means no body. */
function copyOf(value: unknown): Buffer<ArrayBuffer> | undefined {
  return Buffer.isBuffer(value) && value.length > 0 ? Buffer.from(value) : undefined;
}

/** How long an answer stays in Redis: as long as it may be sent as the last good one. */
export const livesMs = (lifetimeMs: number): number => lifetimeMs + lastGoodMs;

/** Stores an answer and ends the lease. If Redis refuses it, the next rebuild tries again. */
export async function storeShared(
  redis: RedisClient,
  place: ReadPlace,
  stored: { token: string; generation: string; answer: Answer; lifetimeMs: number },
): Promise<void> {
  const { answer, lifetimeMs } = stored;
  try {
    await redis.eval(
      storeScript,
      3,
      valueKey(place),
      generationKey(place.tag),
      leaseKey(place),
      stored.token,
      stored.generation,
      Math.ceil(livesMs(lifetimeMs)),
      Math.ceil(lifetimeMs * sharedFreshRatio),
      Math.ceil(lifetimeMs),
      answer.digest,
      answer.identity.body,
      answer.gzip?.body ?? '',
      answer.brotli?.body ?? '',
    );
  } catch {
    // The lease expires, and every process has its own copy.
    sharedFailures.inc();
  }
}

/**
 * Ends the lease of a rebuild without an answer. `missing` also removes the bytes that others would send as last good
 * ones.
 */
export async function releaseShared(
  redis: RedisClient,
  place: ReadPlace,
  token: string,
  why: 'missing' | 'failed' | 'unshared',
): Promise<void> {
  try {
    await redis.eval(releaseScript, 2, valueKey(place), leaseKey(place), token, why);
  } catch {
    // The lease expires.
    sharedFailures.inc();
  }
}

/** Raises the generations of these tags, so that no shared answer under them is fresh any more. */
export async function raiseGenerations(redis: RedisClient, tags: readonly string[]): Promise<void> {
  await Promise.all(
    tags.flatMap((tag) => [redis.incr(generationKey(tag)), redis.pexpire(generationKey(tag), generationMs)]),
  );
}
