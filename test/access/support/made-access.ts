import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect } from 'vitest';
import { staffTokenLink } from '../../../src/access/links/staff-link.ts';
import { type Role } from '../../../src/access/actor.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import {
  aMember,
  anOrganizer,
  bodyOf,
  codeOf,
  openAccessWorld,
  stagedJobs,
  tokenOf,
  type AccessWorld,
  type OrganizerWorld,
} from '../../../testkit/access/access-world.ts';
import { createEvent } from '../../../testkit/factories.ts';

/**
 * An organizer whose members create access (sessions, keys, devices, invitations), and a count of what still works. Registers its setup
 * and teardown with the calling test file.
 */
export function useMadeAccess() {
  let world: AccessWorld;
  let organizer: OrganizerWorld;
  let eventId: string;

  beforeAll(async () => {
    world = await openAccessWorld();
    organizer = await anOrganizer(world);
    ({ id: eventId } = await createEvent(world.open.db, { organizer }));
  });
  afterAll(() => world?.close());

  const at = (rest: string) => `/v1/organizers/${organizer.slug}${rest}`;
  const post = async <Body>(as: string, rest: string, body: object): Promise<Body> => {
    const answer = await world.request('POST', at(rest), { as, body });
    if (answer.status !== 201) throw new Error(`${rest} answered ${await codeOf(answer)}`);
    return bodyOf<Body>(answer);
  };
  const apiKey = (as: string, role: string) =>
    post<{ id: string; key: string }>(as, '/api-keys', {
      name: `key ${role}`,
      role,
      scopes: role === 'door' ? ['check_in'] : ['team'],
    });
  const device = (as: string) => post<{ id: string; token: string }>(as, '/devices', { name: 'Gate', eventId });
  let invited = 0;
  const invite = async (as: string, role: string) => {
    invited += 1;
    const { id } = await post<{ id: string }>(as, '/staff', { email: `invited-${invited}@made.test`, name: 'I', role });
    const [job] = (await stagedJobs(world, 'staff.invited')).slice(-1);
    const link = await staffTokenLink(world.deps, job?.payload.tokenId ?? '');
    return { id, link: tokenOf(link?.link ?? 'http://x/') };
  };

  /** All access that a member with this role can make, and whether it works as another process sees it. */
  async function everythingOf(role: Role) {
    const member = await aMember(world, organizer, role);
    const made: Record<string, { id: string; works: () => Promise<boolean> }> = {};
    const credential = (name: string, id: string, text: string) => {
      made[name] = { id, works: async () => (await world.anotherProcess().of(text)) !== undefined };
    };
    const invitation = (name: string, { id, link }: { id: string; link: string }) => {
      made[name] = {
        id,
        works: async () => {
          const [row] = await rowsOf<{ open: boolean }>(
            world.open.db,
            sql`select exists (select 1 from staff_tokens t join staff s on s.id = t.staff_id
                  where t.id = ${link.split('.')[0]} and t.used_at is null and s.status = 'invited') as open`,
          );
          return row?.open ?? false;
        },
      };
    };
    credential('session', member.id, member.token);
    if (role === 'owner') {
      const key = await apiKey(member.token, 'manager');
      credential('managerKey', key.id, key.key);
      const doorKey = await apiKey(member.token, 'door');
      credential('doorKey', doorKey.id, doorKey.key);
      const ofKey = await device(key.key);
      credential('deviceOfKey', ofKey.id, ofKey.token);
      invitation('doorInvitationOfKey', await invite(key.key, 'door'));
      invitation('ownerInvitation', await invite(member.token, 'owner'));
      invitation('managerInvitation', await invite(member.token, 'manager'));
    }
    const own = await device(member.token);
    credential('device', own.id, own.token);
    invitation('doorInvitation', await invite(member.token, 'door'));
    const working = async () => {
      const names: string[] = [];
      for (const [name, { works }] of Object.entries(made)) if (await works()) names.push(name);
      return names.toSorted();
    };
    expect(await working()).toEqual(Object.keys(made).toSorted());
    return { member, made, working, all: Object.keys(made).toSorted() };
  }
  const idsOf = (made: Record<string, { id: string }>, names: string[]) => names.map((name) => made[name]?.id ?? '');

  return {
    get world() {
      return world;
    },
    get organizer() {
      return organizer;
    },
    at,
    apiKey,
    device,
    invite,
    everythingOf,
    idsOf,
  };
}
