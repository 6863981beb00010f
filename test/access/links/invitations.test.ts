import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { invitationsPerStaffMax } from '../../../src/access/limits.ts';
import { staffTokenLink } from '../../../src/access/links/staff-link.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import {
  aMember,
  auditOf,
  bodyOf,
  codeOf,
  signIn,
  stagedJobs,
  testPassword,
} from '../../../testkit/access/access-world.ts';
import { type Member, useInvitations } from '../support/invitations.ts';

const { world, organizer, stranger, path, invite, lastToken, accept } = await useInvitations();

it('sends an invitation whose link stands in the mail alone and works once', async () => {
  const response = await invite({ email: 'Dewi@Organizer.test', name: 'Dewi', role: 'manager', locale: 'en' });
  expect(response.status).toBe(201);
  const member = await bodyOf<Member>(response);
  expect(member).toEqual({
    id: expect.stringMatching(/^stf_/),
    email: 'dewi@organizer.test',
    eventIds: null,
    managerEventIds: null,
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

it('accepts one of fifty concurrent acceptances', async () => {
  await invite({ email: 'raka@organizer.test', name: 'Raka', role: 'door' });
  const { token } = await lastToken();
  // On a slow machine the queue for password hashing may be full. A refused copy is sent again.
  const answered = async (): Promise<Response> => {
    const answer = await accept(token);
    return answer.status === 503 ? answered() : answer;
  };
  const answers = await Promise.all(Array.from({ length: 50 }, answered));
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
});

it('refuses links that are forged, expired, for another purpose, or replaced', async () => {
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

it('refuses an address of an active member of this organiser', async () => {
  expect(await codeOf(await invite({ email: organizer.ownerEmail, name: 'X', role: 'door' }))).toBe(
    '409 staff.email_in_use',
  );
});

describe('an address that belongs to another organiser', () => {
  const inviteThere = (email: string) =>
    world.request('POST', `/v1/organizers/${stranger.slug}/staff`, {
      as: stranger.owner,
      body: { email, name: 'Rina', role: 'door' },
    });
  const answerOf = async (response: Response) => {
    const { id: _, email: __, createdAt: ___, ...rest } = await bodyOf<Record<string, unknown>>(response);
    return { status: response.status, rest };
  };

  it.each(['active', 'invited', 'disabled', 'unknown'])(
    'is invited like any other address (there: %s)',
    async (there) => {
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
    },
  );

  it('is not reserved before its owner accepts, and only its owner learns that it is taken', async () => {
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

  it('goes to one organiser when both invitations are accepted at the same time', async () => {
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

it('sends a member at most three invitations an hour; a refused fourth leaves the last link valid', async () => {
  const body = { email: 'often@organizer.test', name: 'Often', role: 'door' };
  for (let time = 1; time <= invitationsPerStaffMax; time += 1) expect((await invite(body)).status).toBe(201);
  const { token } = await lastToken();
  const refused = await invite(body);
  expect(refused.headers.get('retry-after')).not.toBeNull();
  expect(await codeOf(refused)).toBe('429 staff.invited_too_often');
  // Disabling the member does not begin a new hour, and the last link still works until then.
  expect((await accept(token)).status).toBeLessThan(300);
});
