import { describe, expect, it } from 'vitest';
import { requestPasswordReset } from '../../../src/access/links/request-password-reset.ts';
import { staffTokenLink } from '../../../src/access/links/staff-link.ts';
import { aMember, bodyOf, codeOf, signIn, stagedJobs, tokenOf } from '../../../testkit/access/access-world.ts';
import { useMadeAccess } from '../support/made-access.ts';

/** Guards that a person's access ends with the person, in every process, unless somebody takes it over. */

const access = useMadeAccess();
const { everythingOf, idsOf } = access;

describe('a password reset', () => {
  const linkFor = async (email: string) => {
    await requestPasswordReset(access.world.deps, { email, network: '203.0.113.0/24' });
    const [job] = (await stagedJobs(access.world, 'staff.password_reset')).slice(-1);
    return tokenOf((await staffTokenLink(access.world.deps, job?.payload.tokenId ?? ''))?.link ?? 'http://x/');
  };
  const confirm = (token: string, keep?: string[]) =>
    access.world.request('POST', '/v1/password-resets/confirmation', {
      body: { token, password: 'sandi baru yang panjang', ...(keep === undefined ? {} : { keep }) },
    });

  it('asks what to keep of the access that the member has created, and changes nothing before the answer', async () => {
    const { member, made, working, all } = await everythingOf('owner');
    const token = await linkFor(member.email);
    const asked = await confirm(token);
    expect(asked.status).toBe(409);
    const body = await bodyOf<{ code: string; made: Record<string, { id: string; name: string }[]> }>(asked);
    expect(body.code).toBe('access.choice_needed');
    const listed = Object.values(body.made).flatMap((those) => those.map(({ id }) => id));
    expect(listed.toSorted()).toEqual(
      idsOf(
        made,
        all.filter((name) => name !== 'session'),
      ).toSorted(),
    );
    expect(await working()).toEqual(all);
    await signIn(access.world, member.email);

    expect((await confirm(token, [...idsOf(made, ['doorKey']), 'devices'])).status).toBe(204);
    expect(await working()).toEqual(['device', 'deviceOfKey', 'doorKey']);
    expect(await codeOf(await confirm(token, []))).toBe('400 access.link_invalid');
  });

  it('ends all of that access when the owner keeps nothing', async () => {
    const { member, working } = await everythingOf('manager');
    expect((await confirm(await linkFor(member.email), [])).status).toBe(204);
    expect(await working()).toEqual([]);
  });

  it('asks nothing when the member has created no access', async () => {
    const member = await aMember(access.world, access.organizer, 'manager');
    expect((await confirm(await linkFor(member.email))).status).toBe(204);
  });
});
