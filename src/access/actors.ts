import { hash } from 'node:crypto';
import type { Config } from '../config.ts';
import type { Clock } from '../platform/clock.ts';
import { sha256 } from '../platform/crypto.ts';
import type { Db } from '../platform/db.ts';
import type { Actor } from './actor.ts';
import { credentialKind } from './credential.ts';
import { credentialLookups } from './metrics.ts';
import { findApiKeyActor, findDeviceActor, findSessionActor } from './queries-sessions.ts';
import { readSessionToken } from './session-token.ts';

/**
 * Who is behind a credential, remembered in this process for at most 30 seconds, so that a scan at the door costs no
 * query and no signature check. What ends a session, a key or a member is therefore felt everywhere within 30 seconds,
 * and at once in the process that did it.
 */
export type Actors = {
  /** The actor, or undefined for a credential that is unknown, ended, or of a member who may not act. */
  of(credential: string): Promise<Actor | undefined>;
  /** Drops what is remembered of a session, member, key or device, by its id. */
  forget(id: string): void;
};

export const rememberedMs = 30_000;
const rememberedMax = 10_000;

type Entry = { readonly found: Promise<Actor | undefined>; actor?: Actor; until: number };

export function createActors(deps: { db: Db; clock: Clock; config: Pick<Config, 'JWT_SECRET'> }): Actors {
  // By digest, so that neither timing of a look-up nor a memory dump gives a credential away.
  const entries = new Map<string, Entry>();

  const remember = (digest: string, credential: string): Entry => {
    const oldest = entries.size >= rememberedMax ? entries.keys().next().value : undefined;
    if (oldest !== undefined) entries.delete(oldest);
    const found = lookUp(deps, credential);
    const entry: Entry = {
      found: found.then((one) => one?.actor),
      until: deps.clock.now().getTime() + rememberedMs,
    };
    entries.set(digest, entry);
    const drop = () => {
      if (entries.get(digest) === entry) entries.delete(digest);
    };
    found.then((one) => {
      // What is not accepted is not remembered: guesses must not push out those who work.
      if (one === undefined) return drop();
      entry.actor = one.actor;
      entry.until = Math.min(entry.until, one.expiresAt?.getTime() ?? entry.until);
    }, drop);
    return entry;
  };

  return {
    of: (credential) => {
      const digest = hash('sha256', credential, 'base64url');
      const entry = entries.get(digest);
      const isFresh = entry !== undefined && deps.clock.now().getTime() < entry.until;
      credentialLookups.inc({ from: isFresh ? 'memory' : 'database' });
      if (isFresh) return entry.found;
      entries.delete(digest);
      return remember(digest, credential).found;
    },
    forget: (id) => {
      for (const [digest, { actor }] of entries) {
        // One still being looked up may have read the state before the change.
        if (actor === undefined || actor.id === id || (actor.kind === 'staff' && actor.sessionId === id)) {
          entries.delete(digest);
        }
      }
    },
  };
}

type Found = { readonly actor: Actor; readonly expiresAt?: Date };

async function lookUp(
  { db, clock, config }: { db: Db; clock: Clock; config: Pick<Config, 'JWT_SECRET'> },
  credential: string,
): Promise<Found | undefined> {
  const kind = credentialKind(credential);
  if (kind === 'apiKey') {
    const found = await findApiKeyActor(db, sha256(credential));
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
