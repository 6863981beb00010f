import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { passwordResetsPerStaffMax } from '../../../src/access/limits.ts';
import { requestPasswordReset } from '../../../src/access/links/request-password-reset.ts';
import { staffTokenLink } from '../../../src/access/links/staff-link.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import {
  aMember,
  auditOf,
  codeOf,
  useAccessWorld,
  signIn,
  stagedJobs,
  tokenOf,
} from '../../../testkit/access/access-world.ts';

const { world, organizer } = await useAccessWorld();

/** Guards that a reset needs the mailbox, works once, ends every session, and tells nobody who is known (S17, S47). */
describe('password resets', () => {
  const request = (email: string) => world.request('POST', '/v1/password-resets', { body: { email } });
  const confirm = (token: string, password = 'sandi baru yang panjang') =>
    world.request('POST', '/v1/password-resets/confirmation', { body: { token, password } });
  const lastLink = async () => {
    const [job] = (await stagedJobs(world, 'staff.password_reset')).slice(-1);
    return staffTokenLink(world.deps, job?.payload.tokenId ?? '');
  };

  it('set a new password once and end every session and every other link', async () => {
    const member = await aMember(world, organizer, 'manager');
    await request(member.email);
    const older = await lastLink();
    await request(member.email.toUpperCase());
    const link = await lastLink();
    expect(link).toMatchObject({ email: member.email, purpose: 'password_reset', staffId: member.id });
    const token = tokenOf(link?.link ?? 'http://x/');
    expect((await confirm(token)).status).toBe(204);
    expect((await world.request('GET', '/v1/sessions/current', { as: member.token })).status).toBe(401);
    await expect(signIn(world, member.email)).rejects.toThrow('401');
    await signIn(world, member.email, 'sandi baru yang panjang');
    expect(await codeOf(await confirm(token))).toBe('400 access.link_invalid');
    expect(await codeOf(await confirm(tokenOf(older?.link ?? 'http://x/')))).toBe('400 access.link_invalid');
    expect(await auditOf(world, member.id)).toMatchObject([
      { act: 'staff.password_reset', actor_id: member.id, changes: { sessionsEnded: 1 } },
    ]);
  });

  it('answer 202 without a body for known and unknown addresses, stage the same job, and mail only known ones', async () => {
    const member = await aMember(world, organizer, 'door');
    for (const [email, mailed] of [
      [member.email, true],
      ['nobody@organizer.test', false],
    ] as const) {
      const before = (await stagedJobs(world, 'staff.password_reset')).length;
      const response = await request(email);
      expect([response.status, await response.text()]).toEqual([202, '']);
      expect(await stagedJobs(world, 'staff.password_reset')).toHaveLength(before + 1);
      expect((await lastLink()) !== undefined).toBe(mailed);
    }
  });

  it('take as long for an unknown address as for a known one', async () => {
    const times = { known: [] as number[], unknown: [] as number[] };
    // A busy machine delays some requests of either kind, but makes none of them quicker than its work.
    const ratio = () => Math.min(...times.known) / Math.min(...times.unknown);
    const isAlike = () => ratio() > 0.5 && ratio() < 2;
    for (let turn = 0; turn < 40 || (turn < 1000 && !isAlike()); turn += 1) {
      const member = turn % 2 === 0 ? 'known' : 'unknown';
      if (member === 'known') await world.open.db.execute(sql`delete from staff_tokens`);
      const started = performance.now();
      await requestPasswordReset(world.deps, {
        email: member === 'known' ? organizer.ownerEmail : 'nobody@organizer.test',
        network: '203.0.113.0/24',
      });
      times[member].push(performance.now() - started);
    }
    expect(ratio()).toBeGreaterThan(0.5);
    expect(ratio()).toBeLessThan(2);
  });

  it('make no more live links than the limits allow when fifty requests pass them at once', async () => {
    const member = await aMember(world, organizer, 'door');
    const answers = await Promise.all(Array.from({ length: 50 }, () => request(member.email)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const [links] = await rowsOf<{ count: number }>(
      world.open.db,
      sql`select count(*)::int from staff_tokens where staff_id = ${member.id}`,
    );
    expect(links?.count).toBe(passwordResetsPerStaffMax);
  });

  it('refuse forged links, short passwords, and links of ended members', async () => {
    const member = await aMember(world, organizer, 'door');
    await request(member.email);
    const token = tokenOf((await lastLink())?.link ?? 'http://x/');
    expect(await codeOf(await confirm(token, 'short'))).toBe('400 request.invalid');
    expect(await codeOf(await confirm(`${token.slice(0, -1)}x`))).toBe('400 access.link_invalid');
    await world.open.db.execute(
      sql`update staff set status = 'disabled', password_hash = null where id = ${member.id}`,
    );
    expect(await codeOf(await confirm(token))).toBe('400 access.link_invalid');
    await expect(signIn(world, member.email, 'sandi baru yang panjang')).rejects.toThrow('401');
  });
});
