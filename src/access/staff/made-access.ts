import type { Db } from '../../platform/database/db.ts';
import { type Reach, highestRole, isManagerAt, mayManage, type Actor } from '../actor.ts';
import { type AuditActor, writeAudit } from '../audit/audit.ts';
import { choiceNeeded, forbidden, keepUnknown, staffNotFound } from '../errors.ts';
import {
  endApiKeyRow,
  endDeviceRow,
  findMadeKeys,
  handOverKeys,
  handOverDevices,
  findMadeDevices,
} from '../credentials/queries.ts';
import { endInvitationRow, findOpenInvitations, handOverInvitations, findStaff } from './queries.ts';
import { voidStaffTokens } from '../links/queries.ts';
import { type ApiKey, type Device, type StaffMember, staff } from '../tables.ts';
import { and, asc, eq, inArray } from 'drizzle-orm';

/** Open access that a member or key has given to others. It ends with its maker, or another member takes it over. */
export type MadeAccess = {
  readonly apiKeys: readonly ApiKey[];
  readonly devices: readonly Device[];
  /** Members who have not accepted yet. */
  readonly invitations: readonly StaffMember[];
};

/** What stays when its maker goes: ids, or all of a kind. */
export type Keep = readonly string[];

const kinds = ['api_keys', 'devices', 'invitations'] as const;

type Kind = (typeof kinds)[number];

type Made = {
  readonly kind: Kind;
  readonly id: string;
  readonly responsibleId: string;
  couldMake(of: Reach): boolean;
};

/** The access that this member or key is responsible for, and the access that the member's keys are responsible for. */
export async function findMadeAccess(db: Db, organizerId: string, makerId: string): Promise<MadeAccess> {
  const apiKeys = await findMadeKeys(db, organizerId, makerId);
  const makers = [makerId, ...apiKeys.map(({ id }) => id)];
  return {
    apiKeys,
    devices: await findMadeDevices(db, organizerId, makers),
    invitations: await findOpenInvitations(db, organizerId, makers),
  };
}

function isNothing({ apiKeys, devices, invitations }: MadeAccess): boolean {
  return apiKeys.length + devices.length + invitations.length === 0;
}

/** @throws DomainError access.choice_needed, with the list, if there is something to choose and `keep` is missing */
export function refuseWithoutChoice(made: MadeAccess, keep: Keep | undefined): void {
  if (keep !== undefined || isNothing(made)) return;
  const named = ({ id, name }: { id: string; name: string }) => ({ id, name });
  throw choiceNeeded({
    apiKeys: made.apiKeys.map(named),
    devices: made.devices.map(named),
    invitations: made.invitations.map(named),
  });
}

/**
 * Ends what a member or key has made, in the caller's transaction under `lockOrganizer`, with an audit entry for each.
 * @param options.by the person who decides and takes over what is kept; their role must be able to make it
 * @param options.remaining the rights that the maker keeps: access that could have been made with them stays;
 * undefined: nothing stays
 * @param options.because the act that is the reason, as named in the audit log
 * @returns the ids of what has ended, for `Actors.forget`
 * @throws DomainError access.keep_unknown, access.forbidden
 */
export async function endMadeAccess(
  tx: Db,
  options: {
    readonly by: AuditActor & Reach;
    readonly makerId: string;
    readonly remaining?: Reach | undefined;
    readonly keep: Keep;
    readonly because: string;
  },
): Promise<string[]> {
  const { by, makerId, remaining, because } = options;
  const all = listed(await findMadeAccess(tx, by.organizerId, makerId));
  const kept = chosen(all, options.keep);
  if (kept.some((made) => !made.couldMake(by))) throw forbidden();
  const stays = new Set(kept.map(({ id }) => id));
  const allowed = all.filter((made) => !stays.has(made.id) && remaining !== undefined && made.couldMake(remaining));
  for (const { id } of allowed) stays.add(id);
  // A key that stays also keeps what it has made.
  for (const { id, responsibleId } of all) if (stays.has(responsibleId)) stays.add(id);
  const ending = all.filter(({ id }) => !stays.has(id));

  for (const made of ending) await endOne(tx, made, { by, because, makerId });
  await handOver(tx, by, kept, by.id, { from: makerId, because });
  // If the key ends and its maker may keep what it made, the maker becomes responsible for it.
  const orphans = allowed.filter(({ responsibleId }) => ending.some(({ id }) => id === responsibleId));
  await handOver(tx, by, orphans, makerId, { from: makerId, because });
  return ending.map(({ id }) => id);
}

function listed({ apiKeys, devices, invitations }: MadeAccess): Made[] {
  const owner = ({ role }: Reach) => role === 'owner';
  return [
    ...apiKeys.map(({ id, responsibleId }) => ({ kind: 'api_keys' as const, id, responsibleId, couldMake: owner })),
    ...devices.map(({ id, responsibleId, eventId }) => ({
      kind: 'devices' as const,
      id,
      responsibleId,
      couldMake: (of: Reach) => isManagerAt(of, eventId),
    })),
    ...invitations.map((invited) => ({
      kind: 'invitations' as const,
      id: invited.id,
      responsibleId: invited.invitedBy ?? '',
      couldMake: (of: Reach) => mayManage({ ...of, kind: 'staff' }, highestRole(invited)),
    })),
  ];
}

function chosen(all: readonly Made[], keep: Keep): Made[] {
  const unknown = keep.filter((name) => !kinds.some((kind) => kind === name) && !all.some(({ id }) => id === name));
  if (unknown.length > 0) throw keepUnknown(unknown);
  return all.filter(({ id, kind }) => keep.includes(id) || keep.includes(kind));
}

async function endOne(
  tx: Db,
  { kind, id }: Made,
  { by, because, makerId }: { by: AuditActor; because: string; makerId: string },
): Promise<void> {
  const acts = { api_keys: 'api_key.ended', devices: 'device.ended', invitations: 'staff.disabled' } as const;
  const ended =
    kind === 'api_keys'
      ? await endApiKeyRow(tx, by.organizerId, id)
      : kind === 'devices'
        ? await endDeviceRow(tx, by.organizerId, id)
        : await endInvitationRow(tx, id);
  if (!ended) return;
  if (kind === 'invitations') await voidStaffTokens(tx, id);
  await writeAudit(tx, { actor: by, act: acts[kind], subjectId: id, changes: { because, madeBy: makerId } });
}

async function handOver(
  tx: Db,
  by: AuditActor,
  made: readonly Made[],
  to: string,
  changes: { readonly from: string; readonly because: string },
): Promise<void> {
  const idsOf = (wanted: Kind) => made.filter(({ kind }) => kind === wanted).map(({ id }) => id);
  await handOverKeys(tx, by.organizerId, idsOf('api_keys'), to);
  await handOverDevices(tx, by.organizerId, idsOf('devices'), to);
  await handOverInvitations(tx, by.organizerId, idsOf('invitations'), to);
  for (const { id } of made) {
    await writeAudit(tx, { actor: by, act: 'access.handed_over', subjectId: id, changes: { ...changes, to } });
  }
}

/**
 * A member, the open access that the member has made, which would end with the member, and the members they invited,
 * who would stay. Shown to the member, and to staff who may manage the member.
 * @throws DomainError staff.not_found, access.forbidden
 */
export async function showMadeAccess(
  deps: { db: Db },
  input: { actor: Actor; staffId: string },
): Promise<MadeAccess & { readonly member: StaffMember; readonly members: readonly StaffMember[] }> {
  const { actor, staffId } = input;
  const member = await findStaff(deps.db, actor.organizerId, staffId);
  if (member === undefined) throw staffNotFound();
  if (actor.id !== staffId && !mayManage(actor, highestRole(member))) throw forbidden();
  const made = await findMadeAccess(deps.db, actor.organizerId, staffId);
  const makers = [staffId, ...made.apiKeys.map(({ id }) => id)];
  return { ...made, member, members: await findInvitedMembers(deps.db, actor.organizerId, makers) };
}

/** Members who work here now and were invited by this maker or one of the maker's keys. */
async function findInvitedMembers(db: Db, organizerId: string, makerIds: string[]): Promise<StaffMember[]> {
  return db
    .select()
    .from(staff)
    .where(and(eq(staff.organizerId, organizerId), eq(staff.status, 'active'), inArray(staff.invitedBy, makerIds)))
    .orderBy(asc(staff.id));
}
