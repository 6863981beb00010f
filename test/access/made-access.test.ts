import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rememberedMs } from '../../src/access/actors.ts';
import { staffTokenLink } from '../../src/access/links/staff-link.ts';
import type { Role } from '../../src/access/actor.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import {
  type AccessWorld,
  type OrganizerWorld,
  aMember,
  anOrganizer,
  auditOf,
  bodyOf,
  codeOf,
  openAccessWorld,
  stagedJobs,
  tokenOf,
} from '../../testkit/access/access-world.ts';
import { createEvent } from '../../testkit/factories.ts';

/** Guards that what a person could do ends with the person, in every process, unless somebody takes it over. */

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
  post<{ id: string; key: string }>(as, '/api-keys', { name: `key ${role}`, role });
const device = (as: string) => post<{ id: string; token: string }>(as, '/devices', { name: 'Gate', eventId });
let invited = 0;
const invite = async (as: string, role: string) => {
  invited += 1;
  const { id } = await post<{ id: string }>(as, '/staff', { email: `invited-${invited}@made.test`, name: 'I', role });
  const [job] = (await stagedJobs(world, 'staff.invited')).slice(-1);
  const link = await staffTokenLink(world.deps, job?.payload.tokenId ?? '');
  return { id, link: tokenOf(link?.link ?? 'http://x/') };
};

/** Everything that a member with this role can make, and what works of it: as another process sees it. */
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

describe('dismissing a member', () => {
  it.each<Role>(['owner', 'manager'])('ends all that a member with the role %s has made', async (role) => {
    const { member, made, working } = await everythingOf(role);
    expect((await world.request('DELETE', at(`/staff/${member.id}`), { as: organizer.owner })).status).toBe(204);
    expect(await working()).toEqual([]);
    for (const [name, { id }] of Object.entries(made)) {
      if (name === 'session') continue;
      expect((await auditOf(world, id)).at(-1), name).toMatchObject({
        act: expect.stringMatching(/\.(ended|disabled)$/),
        actor_id: organizer.ownerId,
        changes: { because: 'staff.disabled', madeBy: member.id },
      });
    }
  });

  it('keeps what is named, which ends with who took it over', async () => {
    const { member, made, working } = await everythingOf('owner');
    const other = await aMember(world, organizer, 'owner');
    const keep = ['managerKey', 'device', 'managerInvitation'];
    const query = idsOf(made, keep).join(',');
    const path = at(`/staff/${member.id}?keep=${query}`);
    expect((await world.request('DELETE', path, { as: other.token })).status).toBe(204);
    const kept = [...keep, 'deviceOfKey', 'doorInvitationOfKey'].toSorted();
    expect(await working()).toEqual(kept);
    expect((await auditOf(world, made['device']?.id ?? '')).at(-1)).toMatchObject({
      act: 'access.handed_over',
      changes: { from: member.id, to: other.id, because: 'staff.disabled' },
    });
    await world.request('DELETE', at(`/staff/${other.id}`), { as: organizer.owner });
    expect(await working()).toEqual([]);
  });

  it('keeps all of a kind', async () => {
    const { member, working } = await everythingOf('owner');
    await world.request('DELETE', at(`/staff/${member.id}?keep=devices`), { as: organizer.owner });
    expect(await working()).toEqual(['device', 'deviceOfKey']);
  });

  it.each([
    ['what another has made', async () => (await device(organizer.owner)).id, '409 access.keep_unknown'],
    ['what does not exist', () => Promise.resolve('dev_00000000000000000000'), '409 access.keep_unknown'],
    ['what is no id', () => Promise.resolve("' or 1=1"), '400 request.invalid'],
  ])('changes nothing when told to keep %s', async (_what, idOf, code) => {
    const { member, working, all } = await everythingOf('manager');
    const query = encodeURIComponent(await idOf());
    const path = at(`/staff/${member.id}?keep=${query}`);
    expect(await codeOf(await world.request('DELETE', path, { as: organizer.owner }))).toBe(code);
    expect(await working()).toEqual(all);
  });

  it('gives nothing back to a member who is invited again', async () => {
    const { member, working } = await everythingOf('manager');
    await world.request('DELETE', at(`/staff/${member.id}`), { as: organizer.owner });
    await world.request('POST', at('/staff'), {
      as: organizer.owner,
      body: { email: member.email, name: 'M', role: 'owner' },
    });
    const [job] = (await stagedJobs(world, 'staff.invited')).slice(-1);
    const link = await staffTokenLink(world.deps, job?.payload.tokenId ?? '');
    const body = { token: tokenOf(link?.link ?? ''), name: 'M', password: 'sandi baru yang panjang' };
    expect((await world.request('POST', '/v1/invitations/acceptance', { body })).status).toBe(204);
    expect(await working()).toEqual([]);
  });

  it('is felt by a process that remembers, within half a minute', async () => {
    const { member } = await everythingOf('owner');
    const key = await apiKey(member.token, 'manager');
    const elsewhere = world.anotherProcess();
    expect(await elsewhere.of(key.key)).toBeDefined();
    await world.request('DELETE', at(`/staff/${member.id}`), { as: organizer.owner });
    expect(await world.deps.actors.of(key.key)).toBeUndefined();
    world.time.advance(rememberedMs);
    expect(await elsewhere.of(key.key)).toBeUndefined();
  });
});

describe('a lower role', () => {
  it.each<[Role, Role, string[]]>([
    ['owner', 'manager', ['device', 'deviceOfKey', 'doorInvitation', 'doorInvitationOfKey']],
    ['owner', 'door', []],
    ['manager', 'door', []],
  ])('from %s to %s ends sessions and what it could not have made', async (from, to, stays) => {
    const { member, working } = await everythingOf(from);
    const answer = await world.request('PATCH', at(`/staff/${member.id}`), { as: organizer.owner, body: { role: to } });
    expect(answer.status).toBe(200);
    expect(await working()).toEqual(stays);
    await world.request('DELETE', at(`/staff/${member.id}`), { as: organizer.owner });
    expect(await working()).toEqual([]);
  });

  it('keeps what is named', async () => {
    const { member, made, working } = await everythingOf('manager');
    const body = { role: 'door', keep: idsOf(made, ['device']) };
    expect((await world.request('PATCH', at(`/staff/${member.id}`), { as: organizer.owner, body })).status).toBe(200);
    expect(await working()).toEqual(['device']);
  });

  it('a higher one ends nothing', async () => {
    const { member, working, all } = await everythingOf('manager');
    await world.request('PATCH', at(`/staff/${member.id}`), { as: organizer.owner, body: { role: 'owner' } });
    expect(await working()).toEqual(all);
  });
});

describe('ending an API key', () => {
  it('ends what was made with it, unless it is named', async () => {
    for (const keeps of [true, false]) {
      const { made, working, all } = await everythingOf('owner');
      const keep = keeps ? `?keep=${idsOf(made, ['deviceOfKey']).join(',')}` : '';
      const path = at(`/api-keys/${made['managerKey']?.id}${keep}`);
      expect((await world.request('DELETE', path, { as: organizer.owner })).status).toBe(204);
      const gone = ['managerKey', 'doorInvitationOfKey', ...(keeps ? [] : ['deviceOfKey'])];
      expect(await working()).toEqual(all.filter((name) => !gone.includes(name)));
    }
  });
});

describe('who may see what a member has made', () => {
  it('themselves and those who manage them, with whom they brought in', async () => {
    const { member } = await everythingOf('manager');
    const brought = await invite(member.token, 'door');
    const body = { token: brought.link, name: 'B', password: 'sandi baru yang panjang' };
    await world.request('POST', '/v1/invitations/acceptance', { body });
    const path = at(`/staff/${member.id}/access`);
    for (const as of [organizer.owner, member.token]) {
      const shown = await bodyOf<Record<string, { id: string }[]>>(await world.request('GET', path, { as }));
      expect(Object.fromEntries(Object.entries(shown).map(([kind, those]) => [kind, those.length]))).toEqual({
        apiKeys: 0,
        devices: 1,
        invitations: 1,
        members: 1,
      });
      expect(shown['members']?.[0]?.id).toBe(brought.id);
      expect(JSON.stringify(shown)).not.toMatch(/hash|responsible/i);
    }
    const other = await aMember(world, organizer, 'manager');
    expect(await codeOf(await world.request('GET', path, { as: other.token }))).toBe('403 access.forbidden');
    const stranger = await anOrganizer(world);
    const theirs = `/v1/organizers/${stranger.slug}/staff/${member.id}/access`;
    expect(await codeOf(await world.request('GET', theirs, { as: stranger.owner }))).toBe('404 staff.not_found');
  });
});
