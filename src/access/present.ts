import type { MadeAccess } from './staff/made-access.ts';
import type { ActorView } from './sessions/show-actor.ts';
import type { AuditEntryWithName } from './audit/list-audit-log.ts';
import type { ApiKey, Device, Session, StaffMember } from './tables.ts';

/** Rows as answers show them, without hashes and internal ids. */

export function presentStaffMember(member: StaffMember) {
  const { id, email, name, role, eventIds, managerEventIds, status, locale, createdAt } = member;
  return { id, email, name, role, eventIds, managerEventIds, status, locale, createdAt: createdAt.toISOString() };
}

export function presentSession(session: Session, currentId: string) {
  return {
    id: session.id,
    current: session.id === currentId,
    createdAt: session.createdAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
  };
}

export function presentActor({ actor, name, email, organizer, expiresAt }: ActorView) {
  return {
    kind: actor.kind,
    id: actor.id,
    name,
    ...(email === undefined ? {} : { email }),
    role: actor.role,
    organizer,
    ...(actor.kind === 'device' ? { eventId: actor.eventId } : {}),
    ...(actor.kind === 'staff' ? { sessionId: actor.sessionId } : {}),
    ...(actor.kind === 'staff' && actor.eventIds !== undefined ? { eventIds: [...actor.eventIds] } : {}),
    ...(actor.kind === 'staff' && actor.managerEventIds !== undefined
      ? { managerEventIds: [...actor.managerEventIds] }
      : {}),
    ...(actor.kind === 'api_key' && actor.scopes !== undefined ? { scopes: [...actor.scopes] } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
  };
}

export function presentApiKey({ id, name, role, scopes, createdBy, createdAt, endedAt }: ApiKey) {
  return {
    id,
    name,
    role,
    scopes,
    createdBy,
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

export function presentDevice({ id, eventId, name, createdBy, createdAt, endedAt }: Device) {
  return { id, eventId, name, createdBy, createdAt: createdAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}

export function presentMadeAccess(
  made: MadeAccess & { readonly member: StaffMember; readonly members: readonly StaffMember[] },
) {
  return {
    member: presentStaffMember(made.member),
    apiKeys: made.apiKeys.map(presentApiKey),
    devices: made.devices.map(presentDevice),
    invitations: made.invitations.map(presentStaffMember),
    members: made.members.map(presentStaffMember),
  };
}

export function presentAuditEntry(entry: AuditEntryWithName & { readonly names: Readonly<Record<string, string>> }) {
  return {
    id: String(entry.id),
    at: entry.at.toISOString(),
    actor: { kind: entry.actorKind, id: entry.actorId, name: entry.actorName },
    act: entry.act,
    subjectId: entry.subjectId,
    changes: entry.changes,
    names: entry.names,
  };
}
