import type { Db } from '../../platform/database/db.ts';
import type { Actor } from '../actor.ts';
import { unauthenticated } from '../errors.ts';
import { findStaff } from '../staff/queries.ts';
import { eq, and } from 'drizzle-orm';
import {
  type Organizer,
  organizers,
  type Session,
  sessions,
  type ApiKey,
  type Device,
  apiKeys,
  devices,
} from '../tables.ts';

export type ActorView = {
  readonly actor: Actor;
  readonly name: string;
  readonly email?: string;
  readonly organizer: { readonly slug: string; readonly name: string };
  /** When the session expires. */
  readonly expiresAt?: Date;
};

/**
 * The caller's own name, role and organiser, for pages and devices.
 * @throws DomainError access.unauthenticated if the actor ended a moment ago
 */
export async function showActor(deps: { db: Db }, input: { actor: Actor }): Promise<ActorView> {
  const { actor } = input;
  const organizer = await findOrganizer(deps.db, actor.organizerId);
  const named = await describe(deps.db, actor);
  if (organizer === undefined || named === undefined) throw unauthenticated();
  return { actor, ...named, organizer: { slug: organizer.slug, name: organizer.name } };
}

async function describe(db: Db, actor: Actor): Promise<{ name: string; email?: string; expiresAt?: Date } | undefined> {
  if (actor.kind === 'api_key') return findApiKey(db, actor.organizerId, actor.id).then(nameOf);
  if (actor.kind === 'device') return findDevice(db, actor.organizerId, actor.id).then(nameOf);
  const member = await findStaff(db, actor.organizerId, actor.id);
  const session = await findSession(db, actor.sessionId);
  return member && session && { name: member.name, email: member.email, expiresAt: session.expiresAt };
}

function nameOf(row: { name: string } | undefined): { name: string } | undefined {
  return row && { name: row.name };
}

async function findOrganizer(db: Db, organizerId: string): Promise<Organizer | undefined> {
  const [row] = await db.select().from(organizers).where(eq(organizers.id, organizerId));
  return row;
}

async function findSession(db: Db, sessionId: string): Promise<Session | undefined> {
  const [row] = await db.select().from(sessions).where(eq(sessions.id, sessionId));
  return row;
}

async function findApiKey(db: Db, organizerId: string, keyId: string): Promise<ApiKey | undefined> {
  const [row] = await db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.organizerId, organizerId), eq(apiKeys.id, keyId)));
  return row;
}

async function findDevice(db: Db, organizerId: string, deviceId: string): Promise<Device | undefined> {
  const [row] = await db
    .select()
    .from(devices)
    .where(and(eq(devices.organizerId, organizerId), eq(devices.id, deviceId)));
  return row;
}
