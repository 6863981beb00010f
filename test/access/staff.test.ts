import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invitationsPerStaffMax } from '../../src/access/limits.ts';
import { rememberedMs } from '../../src/access/actors.ts';
import { staffTokenLink } from '../../src/access/links/staff-link.ts';
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
  signIn,
  stagedJobs,
  testPassword,
  tokenOf,
} from '../../testkit/access/access-world.ts';

/** Guards the life of a member: invited, active, disabled, back again; and that an organiser keeps an owner. */
describe('staff', () => {
  let world: AccessWorld;
  let organizer: OrganizerWorld;
  let stranger: OrganizerWorld;
  const path = (rest = '') => `/v1/organizers/${organizer.slug}/staff${rest}`;

  beforeAll(async () => {
    world = await openAccessWorld();
    organizer = await anOrganizer(world);
    stranger = await anOrganizer(world);
  });
  afterAll(() => world?.close());

  type Member = { id: string; email: string; role: string; status: string };
  const invite = (body: object, as = organizer.owner) => world.request('POST', path(), { as, body });
  const lastToken = async () => {
    const jobs = await stagedJobs(world, 'staff.invited');
    const mail = await staffTokenLink(world.deps, jobs.at(-1)?.payload.tokenId ?? '');
    return { mail, token: tokenOf(mail?.link ?? 'http://x/') };
  };
  const accept = (token: string, name = 'Dewi', password = testPassword) =>
    world.request('POST', '/v1/invitations/acceptance', { body: { token, name, password } });

  it('invites by a mail whose link only the mail holds, once', async () => {
    const response = await invite({ email: 'Dewi@Organizer.test', name: 'Dewi', role: 'manager', locale: 'en' });
    expect(response.status).toBe(201);
    const member = await bodyOf<Member>(response);
    expect(member).toEqual({
      id: expect.stringMatching(/^stf_/),
      email: 'dewi@organizer.test',
      name: 'Dewi',
      role: 'manager',
      status: 'invited',
      locale: 'en',
      createdAt: expect.any(String),
    });
    const { mail, token } = await lastToken();
    expect(mail).toMatchObject({
      email: 'dewi@organizer.test',
      locale: 'en',
      purpose: 'invitation',
      organizerName: 'Senja',
    });
    expect(mail?.link).toMatch(/^http:\/\/localhost:3000\/desk\/invitation#token=tok_/);
    const [job] = (await stagedJobs(world, 'staff.invited')).slice(-1);
    expect(Object.keys(job?.payload ?? {})).toEqual(['tokenId']);

    expect((await accept(token, 'Dewi Lestari')).status).toBe(204);
    expect(await codeOf(await accept(token))).toBe('400 access.link_invalid');
    await signIn(world, 'dewi@organizer.test');
    expect(await auditOf(world, member.id)).toMatchObject([
      { act: 'staff.invited', actor_kind: 'staff', actor_id: organizer.ownerId, changes: { role: 'manager' } },
      { act: 'staff.accepted', actor_id: member.id, changes: {} },
    ]);
    expect(await staffTokenLink(world.deps, job?.payload.tokenId ?? '')).toBeUndefined();
  });

  it('accepts one of fifty copies of an acceptance', async () => {
    await invite({ email: 'raka@organizer.test', name: 'Raka', role: 'door' });
    const { token } = await lastToken();
    // A slow machine may have more passwords waiting to be hashed than the service lets wait. Such a copy is sent again.
    const answered = async (): Promise<Response> => {
      const answer = await accept(token);
      return answer.status === 503 ? answered() : answer;
    };
    const answers = await Promise.all(Array.from({ length: 50 }, answered));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
  });

  it('refuses links that are made up, late, for another purpose, or replaced', async () => {
    await invite({ email: 'late@organizer.test', name: 'Late', role: 'door' });
    const first = await lastToken();
    await invite({ email: 'late@organizer.test', name: 'Late', role: 'door' });
    const second = await lastToken();
    expect(await codeOf(await accept(first.token))).toBe('400 access.link_invalid');
    const [id] = second.token.split('.');
    for (const token of [`${id}.${'A'.repeat(43)}`, `${id}`, `${second.token}.x`, 'x', "' or 1=1 --"]) {
      expect(await codeOf(await accept(token))).toBe('400 access.link_invalid');
    }
    const reset = { token: second.token, password: testPassword };
    expect(await codeOf(await world.request('POST', '/v1/password-resets/confirmation', { body: reset }))).toBe(
      '400 access.link_invalid',
    );
    await world.open.db.execute(sql`update staff_tokens set expires_at = now() where id = ${id}`);
    expect(await codeOf(await accept(second.token))).toBe('400 access.link_invalid');
    expect(await codeOf(await accept(second.token, 'Late', 'too short'))).toBe('400 request.invalid');
  });

  it('refuses an address that is active here', async () => {
    expect(await codeOf(await invite({ email: organizer.ownerEmail, name: 'X', role: 'door' }))).toBe(
      '409 staff.email_in_use',
    );
  });

  describe('an address that another organiser has', () => {
    const inviteThere = (email: string) =>
      world.request('POST', `/v1/organizers/${stranger.slug}/staff`, {
        as: stranger.owner,
        body: { email, name: 'Rina', role: 'door' },
      });
    const answerOf = async (response: Response) => {
      const { id: _, email: __, createdAt: ___, ...rest } = await bodyOf<Record<string, unknown>>(response);
      return { status: response.status, rest };
    };

    it.each(['active', 'invited', 'disabled', 'unknown'])('is invited as any other (there: %s)', async (there) => {
      const email = `rina-${there}@organizer.test`;
      if (there === 'active')
        await world.open.db.execute(
          sql`update staff set email = ${email} where id = ${(await aMember(world, stranger, 'door')).id}`,
        );
      if (there === 'disabled')
        await world.open.db.execute(
          sql`update staff set email = ${email}, status = 'disabled', password_hash = null where id = ${(await aMember(world, stranger, 'door')).id}`,
        );
      if (there === 'invited') await inviteThere(email);
      const nobody = await answerOf(
        await invite({ email: `nobody-${there}@organizer.test`, name: 'Rina', role: 'door' }),
      );
      const mailsBefore = (await stagedJobs(world, 'staff.invited')).length;
      expect(await answerOf(await invite({ email, name: 'Rina', role: 'door' }))).toEqual(nobody);
      expect(await stagedJobs(world, 'staff.invited')).toHaveLength(mailsBefore + 1);
    });

    it('is nobody’s before its owner accepts, and only its owner learns that it is taken', async () => {
      const email = 'free@lance.test';
      expect((await inviteThere(email)).status).toBe(201);
      const theirs = await lastToken();
      expect((await invite({ email, name: 'Rina', role: 'manager' })).status).toBe(201);
      const ours = await lastToken();
      expect((await accept(ours.token)).status).toBe(204);
      expect(await codeOf(await accept(theirs.token))).toBe('409 staff.email_in_use');
      expect(
        await bodyOf(await world.request('GET', '/v1/sessions/current', { as: await signIn(world, email) })),
      ).toMatchObject({
        organizer: { slug: organizer.slug },
        role: 'manager',
      });
      const [member] = await rowsOf<{ id: string }>(
        world.open.db,
        sql`select id from staff where email = ${email} and organizer_id = ${organizer.id}`,
      );
      await world.request('DELETE', path(`/${member?.id}`), { as: organizer.owner });
      expect((await accept(theirs.token)).status).toBe(204);
      expect(
        await bodyOf(await world.request('GET', '/v1/sessions/current', { as: await signIn(world, email) })),
      ).toMatchObject({
        organizer: { slug: stranger.slug },
        role: 'door',
      });
    });

    it('is taken once when both invitations are accepted at the same time', async () => {
      for (let round = 0; round < 5; round += 1) {
        const email = `twice-${round}@lance.test`;
        await inviteThere(email);
        const theirs = await lastToken();
        await invite({ email, name: 'Rina', role: 'door' });
        const ours = await lastToken();
        const answers = await Promise.all([accept(theirs.token), accept(ours.token)]);
        expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409]);
      }
    });
  });

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

  it('lets a manager manage the door alone, and the door nobody', async () => {
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
      await codeOf(
        await world.request('PATCH', path(`/${manager.id}`), { as: manager.token, body: { role: 'owner' } }),
      ),
    ).toBe('403 access.forbidden');
    expect((await world.request('DELETE', path(`/${door.id}`), { as: manager.token })).status).toBe(204);
    const other = await aMember(world, organizer, 'door');
    expect(await codeOf(await world.request('GET', path(), { as: other.token }))).toBe('403 access.forbidden');
    expect(await codeOf(await invite(body('door'), other.token))).toBe('403 access.forbidden');
  });

  it('changes a role, which every process feels within 30 seconds', async () => {
    const member = await aMember(world, organizer, 'door');
    const elsewhere = world.anotherProcess();
    const change = (role: string) =>
      world.request('PATCH', path(`/${member.id}`), { as: organizer.owner, body: { role } });
    expect(await elsewhere.of(member.token)).toMatchObject({ role: 'door' });
    expect(await bodyOf(await change('manager'))).toMatchObject({ id: member.id, role: 'manager' });
    expect((await world.request('GET', path(), { as: member.token })).status).toBe(200);
    world.time.advance(rememberedMs);
    expect(await elsewhere.of(member.token)).toMatchObject({ role: 'manager' });
    // A lower one ends the session: whoever was trusted less is asked to sign in again.
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

  it('invites one member three times an hour, so that no link is made void by a mail that is not sent', async () => {
    const body = { email: 'often@organizer.test', name: 'Often', role: 'door' };
    for (let time = 1; time <= invitationsPerStaffMax; time += 1) expect((await invite(body)).status).toBe(201);
    const { token } = await lastToken();
    const refused = await invite(body);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    expect(await codeOf(refused)).toBe('429 staff.invited_too_often');
    // Disabling the member does not begin a new hour, and the last link still works until then.
    expect((await accept(token)).status).toBeLessThan(300);
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
});
