import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { rememberedMs } from '../../../src/access/actors.ts';
import { staffTokenLink } from '../../../src/access/links/staff-link.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import {
  aMember,
  anOrganizer,
  auditOf,
  bodyOf,
  codeOf,
  signIn,
  stagedJobs,
} from '../../../testkit/access/access-world.ts';
import { type Member, useInvitations } from '../support/invitations.ts';

const { world, organizer, stranger, path, invite, lastToken, accept } = await useInvitations();

it('lists members in pages, without another organiser', async () => {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '?limit=2' : `?limit=2&cursor=${cursor}`;
    const list = await bodyOf<{ data: Member[]; nextCursor: string | null }>(
      await world.request('GET', path(query), { as: organizer.owner }),
    );
    ids.push(...list.data.map(({ id }) => id));
    cursor = list.nextCursor;
  } while (cursor !== null);
  const expected = await rowsOf<{ id: string }>(
    world.open.db,
    sql`select id from staff where organizer_id = ${organizer.id} order by id`,
  );
  expect(ids).toEqual(expected.map(({ id }) => id));
  expect(ids).not.toContain(stranger.ownerId);
});

it('lets a manager manage door staff only, and door staff nobody', async () => {
  const manager = await aMember(world, organizer, 'manager');
  const door = await aMember(world, organizer, 'door');
  const body = (role: string) => ({ email: `${role}-by-manager@organizer.test`, name: 'X', role });
  expect((await invite(body('door'), manager.token)).status).toBe(201);
  expect(await codeOf(await invite(body('manager'), manager.token))).toBe('403 access.forbidden');
  expect(await codeOf(await invite(body('owner'), manager.token))).toBe('403 access.forbidden');
  expect(await codeOf(await world.request('DELETE', path(`/${organizer.ownerId}`), { as: manager.token }))).toBe(
    '403 access.forbidden',
  );
  expect(
    await codeOf(await world.request('PATCH', path(`/${manager.id}`), { as: manager.token, body: { role: 'owner' } })),
  ).toBe('403 access.forbidden');
  for (const { id } of [{ id: organizer.ownerId }, await aMember(world, organizer, 'manager')]) {
    const role = { as: manager.token, body: { role: 'door' } };
    expect(await codeOf(await world.request('PATCH', path(`/${id}`), role))).toBe('403 access.forbidden');
    const sessions = await world.request('DELETE', path(`/${id}/sessions`), { as: manager.token });
    expect(await codeOf(sessions)).toBe('403 access.forbidden');
  }
  const invited = { ...body('manager'), email: 'manager-by-owner@organizer.test' };
  expect((await invite(invited)).status).toBe(201);
  expect(await codeOf(await invite({ ...invited, role: 'door' }, manager.token))).toBe('403 access.forbidden');
  expect((await world.request('DELETE', path(`/${door.id}`), { as: manager.token })).status).toBe(204);
  const other = await aMember(world, organizer, 'door');
  expect(await codeOf(await world.request('GET', path(), { as: other.token }))).toBe('403 access.forbidden');
  expect(await codeOf(await invite(body('door'), other.token))).toBe('403 access.forbidden');
});

it('changes a role, and every process applies it within 30 seconds', async () => {
  const member = await aMember(world, organizer, 'door');
  const elsewhere = world.anotherProcess();
  const change = (role: string) =>
    world.request('PATCH', path(`/${member.id}`), { as: organizer.owner, body: { role } });
  expect(await elsewhere.of(member.token)).toMatchObject({ role: 'door' });
  expect(await bodyOf(await change('manager'))).toMatchObject({ id: member.id, role: 'manager' });
  expect((await world.request('GET', path(), { as: member.token })).status).toBe(200);
  world.time.advance(rememberedMs);
  expect(await elsewhere.of(member.token)).toMatchObject({ role: 'manager' });
  // A lower role ends the session: the member must sign in again.
  expect(await bodyOf(await change('door'))).toMatchObject({ id: member.id, role: 'door' });
  expect((await world.request('GET', path(), { as: member.token })).status).toBe(401);
  world.time.advance(rememberedMs);
  expect(await elsewhere.of(member.token)).toBeUndefined();
  const roles = { actor_id: organizer.ownerId, act: 'staff.role_changed' };
  expect(await auditOf(world, member.id)).toMatchObject([
    { ...roles, changes: { role: { from: 'door', to: 'manager' } } },
    { ...roles, changes: { role: { from: 'manager', to: 'door' }, sessionsEnded: 1 } },
  ]);
});

it('disables a member: no session, no sign-in, no link; and lets them back by a new invitation alone', async () => {
  const member = await aMember(world, organizer, 'door');
  await world.request('POST', '/v1/password-resets', { body: { email: member.email } });
  const [reset] = (await stagedJobs(world, 'staff.password_reset')).slice(-1);
  expect(await staffTokenLink(world.deps, reset?.payload.tokenId ?? '')).toBeDefined();
  const end = () => world.request('DELETE', path(`/${member.id}`), { as: organizer.owner });
  expect((await end()).status).toBe(204);
  expect((await end()).status).toBe(204);
  expect((await world.request('GET', '/v1/sessions/current', { as: member.token })).status).toBe(401);
  await expect(signIn(world, member.email)).rejects.toThrow('401');
  expect(await staffTokenLink(world.deps, reset?.payload.tokenId ?? '')).toBeUndefined();
  expect(await auditOf(world, member.id)).toMatchObject([{ act: 'staff.disabled', changes: { sessionsEnded: 1 } }]);

  expect((await invite({ email: member.email, name: 'Back', role: 'manager' })).status).toBe(201);
  await expect(signIn(world, member.email)).rejects.toThrow('401');
  expect((await accept((await lastToken()).token, 'Back')).status).toBe(204);
  await signIn(world, member.email);
});

it('signs a member out everywhere without ending the account', async () => {
  const member = await aMember(world, organizer, 'door');
  const again = await signIn(world, member.email);
  expect((await world.request('DELETE', path(`/${member.id}/sessions`), { as: organizer.owner })).status).toBe(204);
  for (const as of [member.token, again]) {
    expect((await world.request('GET', '/v1/sessions/current', { as })).status).toBe(401);
  }
  await signIn(world, member.email);
  expect(await auditOf(world, member.id)).toMatchObject([
    { act: 'staff.sessions_ended', changes: { sessionsEnded: 2 } },
  ]);
});

it('never loses its last owner, also when two owners end each other at once', async () => {
  const last = await anOrganizer(world);
  const own = (rest: string) => `/v1/organizers/${last.slug}/staff/${rest}`;
  expect(await codeOf(await world.request('DELETE', own(last.ownerId), { as: last.owner }))).toBe(
    '409 staff.last_owner',
  );
  expect(
    await codeOf(await world.request('PATCH', own(last.ownerId), { as: last.owner, body: { role: 'manager' } })),
  ).toBe('409 staff.last_owner');
  for (let turn = 0; turn < 10; turn += 1) {
    const fresh = await anOrganizer(world);
    const second = await aMember(world, fresh, 'owner');
    const staff = (id: string) => `/v1/organizers/${fresh.slug}/staff/${id}`;
    const answers = await Promise.all([
      world.request('DELETE', staff(second.id), { as: fresh.owner }),
      world.request('PATCH', staff(fresh.ownerId), { as: second.token, body: { role: 'door' } }),
    ]);
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
    const [owners] = await rowsOf<{ count: number }>(
      world.open.db,
      sql`select count(*)::int from staff where organizer_id = ${fresh.id} and role = 'owner' and status = 'active'`,
    );
    expect(owners?.count).toBe(1);
  }
});

it('shows another organiser nothing: the same 404 as for what does not exist', async () => {
  const nowhere = await codeOf(
    await world.request('GET', '/v1/organizers/no-such-organizer/staff', { as: stranger.owner }),
  );
  expect(nowhere).toBe('404 request.not_found');
  const member = await aMember(world, organizer, 'door');
  for (const [method, rest, body] of [
    ['GET', '', undefined],
    ['POST', '', { email: 'bola@organizer.test', name: 'X', role: 'owner' }],
    ['PATCH', `/${member.id}`, { role: 'owner' }],
    ['DELETE', `/${member.id}`, undefined],
    ['DELETE', `/${member.id}/sessions`, undefined],
  ] as const) {
    expect(await codeOf(await world.request(method, path(rest), { as: stranger.owner, body }))).toBe(nowhere);
  }
  const ownSlug = `/v1/organizers/${stranger.slug}/staff/${member.id}`;
  for (const [method, url, body] of [
    ['PATCH', ownSlug, { role: 'manager' }],
    ['DELETE', ownSlug, undefined],
    ['DELETE', `${ownSlug}/sessions`, undefined],
  ] as const) {
    const foreign = await codeOf(await world.request(method, url, { as: stranger.owner, body }));
    const unknown = await codeOf(
      await world.request(method, url.replace(member.id, 'stf_00000000000000000000'), { as: stranger.owner, body }),
    );
    expect([foreign, unknown]).toEqual(['404 staff.not_found', '404 staff.not_found']);
  }
  expect(await auditOf(world, member.id)).toEqual([]);
  expect((await world.request('GET', '/v1/sessions/current', { as: member.token })).status).toBe(200);
});
