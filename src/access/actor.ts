import type { KeyScope } from './credentials/key-scopes.ts';

/** Ordered: each role may do everything that the roles after it may. */
export const roles = ['owner', 'manager', 'door'] as const;
export type Role = (typeof roles)[number];

/** What a member may do, and at which events. */
export type Reach = {
  readonly role: Role;
  /** The events that the member is limited to. Undefined: all of the organizer, and the organizer itself. */
  readonly eventIds?: readonly string[] | undefined;
  /** The events at which a member with the role door is the manager. */
  readonly managerEventIds?: readonly string[] | undefined;
};

type OfOrganizer = { readonly id: string; readonly organizerId: string; readonly organizerSlug: string };

export type StaffActor = OfOrganizer & Reach & { readonly kind: 'staff'; readonly sessionId: string };
/** A program of the organiser. Never an owner, because a leaked key must not be able to make others. */
export type ApiKeyActor = OfOrganizer & {
  readonly kind: 'api_key';
  readonly role: 'manager' | 'door';
  /** The areas that the key is limited to. Undefined: all that its role allows. */
  readonly scopes?: readonly KeyScope[] | undefined;
};
/** Door hardware. It may scan for its one event and nothing else. */
export type DeviceActor = OfOrganizer & { readonly kind: 'device'; readonly role: 'door'; readonly eventId: string };

/** The staff member, program or device behind a request. */
export type Actor = StaffActor | ApiKeyActor | DeviceActor;

export function atLeast(actor: Pick<Actor, 'role'>, role: Role): boolean {
  return roles.indexOf(actor.role) <= roles.indexOf(role);
}

/** The reach of a member as it is stored: null for all events, and for none to manage. */
export type StoredReach = {
  readonly role: Role;
  readonly eventIds: string[] | null;
  readonly managerEventIds: string[] | null;
};

/** The reach of a member's row. */
export function reachOf({ role, eventIds, managerEventIds }: StoredReach) {
  return { role, eventIds: eventIds ?? undefined, managerEventIds: managerEventIds ?? undefined };
}

/** The highest role that a member has at any event: it decides who may manage the member. */
export function highestRole({ role, managerEventIds }: StoredReach): Role {
  return managerEventIds === null ? role : 'manager';
}

/** Whether this member is a manager, or more, at an event of the organizer. */
export function isManagerAt(of: Reach, eventId: string): boolean {
  const isOfRole = atLeast(of, 'manager') && (of.eventIds?.includes(eventId) ?? true);
  return isOfRole || of.managerEventIds?.includes(eventId) === true;
}

/**
 * The actor with the rights of this role. A member who is the manager of some events has them as a manager who is limited to these
 * events; for all others it is the actor as it is.
 */
export function inRole(actor: Actor, role: Role): Actor {
  if (role !== 'manager' || actor.kind !== 'staff' || actor.managerEventIds === undefined) return actor;
  return { ...actor, role, eventIds: actor.managerEventIds, managerEventIds: undefined };
}

/** The actor with its rights at this event. */
export function actorAt(actor: Actor, eventId: string): Actor {
  return actor.kind === 'staff' && isManagerAt(actor, eventId) ? inRole(actor, 'manager') : actor;
}

/** The events that the actor is limited to; undefined for an actor of the whole organizer. */
export function eventsOf(actor: Actor): readonly string[] | undefined {
  if (actor.kind === 'device') return [actor.eventId];
  return actor.kind === 'staff' ? actor.eventIds : undefined;
}

/** Whether an event of the actor's organizer is one that the actor may work at. */
export function worksAt(actor: Actor, eventId: string): boolean {
  return eventsOf(actor)?.includes(eventId) ?? true;
}

/**
 * The roles whose members this actor may invite, change and end: all for an owner, only door staff for a manager, none
 * for a member who is limited to events.
 */
export function mayManage(actor: Reach & { readonly kind: Actor['kind'] }, role: Role): boolean {
  if (actor.kind === 'device' || actor.eventIds !== undefined) return false;
  return actor.role === 'owner' || (actor.role === 'manager' && role === 'door');
}
