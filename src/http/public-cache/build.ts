import { randomBytes } from 'node:crypto';
import type { RedisClient } from '../../platform/redis-client.ts';
import { type Answer, prepareAnswer } from './answer.ts';
import { type Read, type ReadPlace, jsonType } from './kind.ts';
import { type SharedAnswer, livesMs, releaseShared, storeShared, takeShared } from './shared.ts';

/** How long a process waits for another's rebuild before it starts its own, and how often it checks. */
const leaseWaitMs = 1000;
const leasePauseMs = 20;

type Found = SharedAnswer & {
  readonly tag: string;
  readonly surrogateKeys: string;
  /** `last-good`: from Redis, since Postgres did not answer. */
  readonly source: 'shared' | 'built' | 'last-good';
};
export type Built = Found | { readonly source: 'missing'; readonly tags: readonly string[] };

export type BuildDeps = { redis: RedisClient; changedLately: (tag: string) => boolean };

/**
 * Finds an answer outside of this process: in Redis, else from Postgres under the lease. Without Redis each process
 * rebuilds on its own.
 * @throws the error of the database if no last good bytes are known.
 */
export async function buildRead(deps: BuildDeps, read: Read, previous: Answer | undefined): Promise<Built> {
  const located = await read.locate();
  if (located === undefined) return { source: 'missing', tags: read.missingTags };
  // Changes concern all forms, so the tag stays.
  const place = { ...located, name: `${located.name}${read.kind.form}` };
  const token = randomBytes(12).toString('base64url');
  const taken = await takeOrWait(deps.redis, place, token);
  const found = (shared: SharedAnswer, source: Found['source']): Found => ({
    ...shared,
    tag: place.tag,
    surrogateKeys: place.surrogateKeys,
    source,
  });
  if (taken.state === 'fresh') return found(taken.found, 'shared');
  const release = (why: 'missing' | 'failed' | 'unshared') =>
    taken.state === 'leased' ? void releaseShared(deps.redis, place, token, why) : undefined;
  try {
    const made = await renderAnswer(deps, read, place, previous ?? taken.found?.answer);
    if (made === undefined) {
      release('missing');
      return { source: 'missing', tags: [place.tag, ...read.missingTags] };
    }
    if (taken.state === 'leased' && mayShare(read, place, made)) {
      void storeShared(deps.redis, place, { token, generation: taken.generation, ...made });
    } else release('unshared');
    return found({ ...made, ageMs: 0 }, 'built');
  } catch (error) {
    release('failed');
    if (previous === undefined && taken.found !== undefined) return found(taken.found, 'last-good');
    throw error;
  }
}

function mayShare({ kind }: Read, place: ReadPlace, made: { answer: Answer; lifetimeMs: number }): boolean {
  const now = performance.now();
  const name = `${place.tag} ${place.name}`;
  return kind.sharing?.take(name, made.answer.bytes, now + livesMs(made.lifetimeMs), now) ?? true;
}

async function takeOrWait(redis: RedisClient, place: ReadPlace, token: string) {
  const waitUntil = performance.now() + leaseWaitMs;
  for (;;) {
    const taken = await takeShared(redis, place, token);
    if (taken.state !== 'busy' || performance.now() >= waitUntil) return taken;
    await new Promise((resolve) => setTimeout(resolve, leasePauseMs));
  }
}

async function renderAnswer(deps: BuildDeps, read: Read, place: ReadPlace, previous: Answer | undefined) {
  const { kind } = read;
  const leave = await kind.builds.enter();
  const stop = kind.metrics.startBuild();
  try {
    const rendered = await read.render(place, { changedLately: deps.changedLately(place.tag) });
    if (rendered === undefined) return undefined;
    kind.metrics.builds.inc();
    return {
      answer: await prepareAnswer(
        kind.type === jsonType ? JSON.stringify(rendered.body) : String(rendered.body),
        previous,
      ),
      lifetimeMs: Math.max(1, Math.min(kind.ttlMs, rendered.currentForMs ?? kind.ttlMs)),
    };
  } finally {
    stop();
    leave();
  }
}
