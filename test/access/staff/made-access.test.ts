import { describe, expect, it } from 'vitest';
import { rememberedMs } from '../../../src/access/actors.ts';
import { staffTokenLink } from '../../../src/access/links/staff-link.ts';
import type { Role } from '../../../src/access/actor.ts';
import {
  aMember,
  anOrganizer,
  auditOf,
  bodyOf,
  codeOf,
  stagedJobs,
  tokenOf,
} from '../../../testkit/access/access-world.ts';
import { useMadeAccess } from '../support/made-access.ts';

/** Guards that a person's access ends with the person, in every process, unless somebody takes it over. */

const access = useMadeAccess();
const { at, apiKey, device, invite, everythingOf, idsOf } = access;

describe('dismissing a member', () => {
  it.each<Role>(['owner', 'manager'])('ends all access that a member with the role %s has created', async (role) => {
    const { member, made, working } = await everythingOf(role);
    expect(
      (await access.world.request('DELETE', at(`/staff/${member.id}`), { as: access.organizer.owner })).status,
    ).toBe(204);
    expect(await working()).toEqual([]);
    for (const [name, { id }] of Object.entries(made)) {
      if (name === 'session') continue;
      expect((await auditOf(access.world, id)).at(-1), name).toMatchObject({
        act: expect.stringMatching(/\.(ended|disabled)$/),
        actor_id: access.organizer.ownerId,
        changes: { because: 'staff.disabled', madeBy: member.id },
      });
    }
  });

  it('keeps the access that is named, for which the member who took it over is now responsible', async () => {
    const { member, made, working } = await everythingOf('owner');
    const other = await aMember(access.world, access.organizer, 'owner');
    const keep = ['managerKey', 'device', 'managerInvitation'];
    const query = idsOf(made, keep).join(',');
    const path = at(`/staff/${member.id}?keep=${query}`);
    expect((await access.world.request('DELETE', path, { as: other.token })).status).toBe(204);
    const kept = [...keep, 'deviceOfKey', 'doorInvitationOfKey'].toSorted();
    expect(await working()).toEqual(kept);
    expect((await auditOf(access.world, made['device']?.id ?? '')).at(-1)).toMatchObject({
      act: 'access.handed_over',
      changes: { from: member.id, to: other.id, because: 'staff.disabled' },
    });
    await access.world.request('DELETE', at(`/staff/${other.id}`), { as: access.organizer.owner });
    expect(await working()).toEqual([]);
  });

  it('keeps all access of a kind that is named', async () => {
    const { member, working } = await everythingOf('owner');
    await access.world.request('DELETE', at(`/staff/${member.id}?keep=devices`), { as: access.organizer.owner });
    expect(await working()).toEqual(['device', 'deviceOfKey']);
  });

  it.each([
    ['what another has made', async () => (await device(access.organizer.owner)).id, '409 access.keep_unknown'],
    ['what does not exist', () => Promise.resolve('dev_00000000000000000000'), '409 access.keep_unknown'],
    ['what is no id', () => Promise.resolve("' or 1=1"), '400 request.invalid'],
  ])('changes nothing when told to keep %s', async (_what, idOf, code) => {
    const { member, working, all } = await everythingOf('manager');
    const query = encodeURIComponent(await idOf());
    const path = at(`/staff/${member.id}?keep=${query}`);
    expect(await codeOf(await access.world.request('DELETE', path, { as: access.organizer.owner }))).toBe(code);
    expect(await working()).toEqual(all);
  });

  it('a member who is invited again gets none of the old access back', async () => {
    const { member, working } = await everythingOf('manager');
    await access.world.request('DELETE', at(`/staff/${member.id}`), { as: access.organizer.owner });
    await access.world.request('POST', at('/staff'), {
      as: access.organizer.owner,
      body: { email: member.email, name: 'M', role: 'owner' },
    });
    const [job] = (await stagedJobs(access.world, 'staff.invited')).slice(-1);
    const link = await staffTokenLink(access.world.deps, job?.payload.tokenId ?? '');
    const body = { token: tokenOf(link?.link ?? ''), name: 'M', password: 'sandi baru yang panjang' };
    expect((await access.world.request('POST', '/v1/invitations/acceptance', { body })).status).toBe(204);
    expect(await working()).toEqual([]);
  });

  it('reaches a process that remembers the member within half a minute', async () => {
    const { member } = await everythingOf('owner');
    const key = await apiKey(member.token, 'manager');
    const elsewhere = access.world.anotherProcess();
    expect(await elsewhere.of(key.key)).toBeDefined();
    await access.world.request('DELETE', at(`/staff/${member.id}`), { as: access.organizer.owner });
    expect(await access.world.deps.actors.of(key.key)).toBeUndefined();
    access.world.time.advance(rememberedMs);
    expect(await elsewhere.of(key.key)).toBeUndefined();
  });
});

describe('a lower role', () => {
  it.each<[Role, Role, string[]]>([
    ['owner', 'manager', ['device', 'deviceOfKey', 'doorInvitation', 'doorInvitationOfKey']],
    ['owner', 'door', []],
    ['manager', 'door', []],
  ])(
    'from %s to %s ends the sessions and the access that the lower role could not have created',
    async (from, to, stays) => {
      const { member, working } = await everythingOf(from);
      const answer = await access.world.request('PATCH', at(`/staff/${member.id}`), {
        as: access.organizer.owner,
        body: { role: to },
      });
      expect(answer.status).toBe(200);
      expect(await working()).toEqual(stays);
      await access.world.request('DELETE', at(`/staff/${member.id}`), { as: access.organizer.owner });
      expect(await working()).toEqual([]);
    },
  );

  it('keeps the access that is named', async () => {
    const { member, made, working } = await everythingOf('manager');
    const body = { role: 'door', keep: idsOf(made, ['device']) };
    expect(
      (await access.world.request('PATCH', at(`/staff/${member.id}`), { as: access.organizer.owner, body })).status,
    ).toBe(200);
    expect(await working()).toEqual(['device']);
  });

  it('a higher role ends nothing', async () => {
    const { member, working, all } = await everythingOf('manager');
    await access.world.request('PATCH', at(`/staff/${member.id}`), {
      as: access.organizer.owner,
      body: { role: 'owner' },
    });
    expect(await working()).toEqual(all);
  });
});

describe('ending an API key', () => {
  it('ends what was created with it, unless it is named', async () => {
    for (const keeps of [true, false]) {
      const { made, working, all } = await everythingOf('owner');
      const keep = keeps ? `?keep=${idsOf(made, ['deviceOfKey']).join(',')}` : '';
      const path = at(`/api-keys/${made['managerKey']?.id}${keep}`);
      expect((await access.world.request('DELETE', path, { as: access.organizer.owner })).status).toBe(204);
      const gone = ['managerKey', 'doorInvitationOfKey', ...(keeps ? [] : ['deviceOfKey'])];
      expect(await working()).toEqual(all.filter((name) => !gone.includes(name)));
    }
  });
});

describe('reading the access that a member has created', () => {
  it('is allowed to the member and to those who manage the member, and includes whom the member invited', async () => {
    const { member } = await everythingOf('manager');
    const brought = await invite(member.token, 'door');
    const body = { token: brought.link, name: 'B', password: 'sandi baru yang panjang' };
    await access.world.request('POST', '/v1/invitations/acceptance', { body });
    const path = at(`/staff/${member.id}/access`);
    for (const as of [access.organizer.owner, member.token]) {
      const shown = await bodyOf<Record<string, { id: string }[]>>(await access.world.request('GET', path, { as }));
      expect(Object.fromEntries(Object.entries(shown).map(([kind, those]) => [kind, those.length]))).toEqual({
        apiKeys: 0,
        devices: 1,
        invitations: 1,
        members: 1,
      });
      expect(shown['members']?.[0]?.id).toBe(brought.id);
      expect(JSON.stringify(shown)).not.toMatch(/hash|responsible/i);
    }
    const other = await aMember(access.world, access.organizer, 'manager');
    expect(await codeOf(await access.world.request('GET', path, { as: other.token }))).toBe('403 access.forbidden');
    const stranger = await anOrganizer(access.world);
    const theirs = `/v1/organizers/${stranger.slug}/staff/${member.id}/access`;
    expect(await codeOf(await access.world.request('GET', theirs, { as: stranger.owner }))).toBe('404 staff.not_found');
  });
});
