import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../platform/clock.ts';
import { sha256 } from '../platform/crypto.ts';
import type { Db } from '../platform/database/db.ts';
import type { Invalidations } from '../platform/invalidation/invalidations.ts';
import type { Actor } from './actor.ts';
import { type CredentialSecrets, createIsOurs, credentialKind } from './credentials/credential.ts';
import { credentialLookups } from './metrics.ts';
import { findApiKeyActor, findDeviceActor, findSessionActor } from './sessions/queries.ts';
import { readSessionToken } from './sessions/session-token.ts';

/**
 * The actor of a credential, cached in this process for at most 30 seconds, so that a scan at the door costs no query
 * and no signature check. When a session, key or member ends, this takes effect at once in the process that ended it,
 * and in all others as soon as they hear of it.
 */
export type Actors = {
  /** The actor, or undefined for a credential that is unknown, ended, or of a member who may not act. */
  of(credential: string): Promise<Actor | undefined>;
  /** The actor as Postgres knows it now, for what only owners do: it would outlast an owner who ended half a minute ago. */
  now(credential: string): Promise<Actor | undefined>;
  /** Drops a session, member, key or device from the caches of all processes, by its id. */
  forget(id: string): void;
};

export const rememberedMs = 30_000;
const rememberedMax = 10_000;
/** A refused credential is looked up again after this long, because its member may be active again. */
const endedMs = 5000;
const endedMax = 1000;

type Entry = { readonly actor: Actor; readonly until: number };
/** `isStale` is set when something ends during the look-up, which may have read the state before. */
type LookUp = { readonly found: Promise<Actor | undefined>; isStale: boolean };

/** @param deps.max credentials that are cached at once; the least recently used one leaves first */
export function createActors(deps: {
  db: Db;
  clock: Clock;
  config: CredentialSecrets;
  invalidations: Invalidations;
  max?: number;
}): Actors {
  const { invalidations } = deps;
  const isOurs = createIsOurs(deps.config);
  // Credentials that we issued and that have ended. Without this cache their bearers could cause a query with each
  // request.
  const ended = new LRUCache<string, number>({ max: endedMax });
  // Keyed by digest, so that neither the time of a look-up nor a memory dump reveals a credential.
  const remembered = new LRUCache<string, Entry>({ max: deps.max ?? rememberedMax });
  // Separate from `remembered`, because guesses must not push accepted credentials out. Bounded by the pool's queue.
  const lookUps = new Map<string, LookUp>();

  const begin = (digest: string, credential: string): LookUp => {
    // The lifetime starts here, because the data may be as old as the start of the look-up.
    const until = deps.clock.now().getTime() + invalidations.lifetimeMs(rememberedMs);
    remembered.delete(digest);
    const found = lookUp(deps, credential).then((one) => {
      if (one === undefined) ended.set(digest, deps.clock.now().getTime() + endedMs);
      else if (!started.isStale) {
        remembered.set(digest, { actor: one.actor, until: Math.min(until, one.expiresAt?.getTime() ?? until) });
      }
      return one?.actor;
    });
    const started: LookUp = { found, isStale: false };
    const done = () => {
      if (lookUps.get(digest) === started) lookUps.delete(digest);
    };
    found.finally(done).catch(() => undefined);
    lookUps.set(digest, started);
    return started;
  };

  invalidations.on('access', (id) => {
    for (const [digest, { actor }] of remembered.entries()) {
      const isMeant = id === undefined || actor.id === id || (actor.kind === 'staff' && actor.sessionId === id);
      if (isMeant) remembered.delete(digest);
    }
    ended.clear();
    for (const running of lookUps.values()) running.isStale = true;
    lookUps.clear();
  });

  const digestOf = (credential: string) => hash('sha256', credential, 'base64url');

  return {
    now: (credential) =>
      isOurs(credential) ? begin(digestOf(credential), credential).found : Promise.resolve(undefined),
    of: (credential) => {
      const digest = digestOf(credential);
      const entry = remembered.get(digest);
      const isFresh = entry !== undefined && deps.clock.now().getTime() < entry.until;
      if (isFresh) {
        credentialLookups.inc({ from: 'memory' });
        return Promise.resolve(entry.actor);
      }
      if (!isOurs(credential) || deps.clock.now().getTime() < (ended.get(digest) ?? 0)) {
        credentialLookups.inc({ from: 'refused' });
        return Promise.resolve(undefined);
      }
      credentialLookups.inc({ from: 'database' });
      return (lookUps.get(digest) ?? begin(digest, credential)).found;
    },
    forget: (id) => invalidations.invalidate('access', id),
  };
}

type Found = { readonly actor: Actor; readonly expiresAt?: Date };

async function lookUp(
  { db, clock, config }: { db: Db; clock: Clock; config: CredentialSecrets },
  credential: string,
): Promise<Found | undefined> {
  const kind = credentialKind(credential);
  if (kind === 'apiKey') {
    const found = await findApiKeyActor(db, { keyHash: sha256(credential) });
    return found && { actor: { kind: 'api_key', ...found } };
  }
  if (kind === 'device') {
    const found = await findDeviceActor(db, sha256(credential));
    return found && { actor: { kind: 'device', role: 'door', ...found } };
  }
  const claims = await readSessionToken(config.JWT_SECRET, credential, clock.now());
  if (claims === undefined) return undefined;
  const found = await findSessionActor(db, claims.sessionId, claims.staffId);
  return found && { actor: { kind: 'staff', ...found }, expiresAt: claims.expiresAt };
}
