import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rememberedMs } from '../../../src/access/actors.ts';
import { startSession } from '../../../src/access/sessions/start-session.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import {
  type AccessWorld,
  aMember,
  anOrganizer,
  auditOf,
  bodyOf,
  codeOf,
  openAccessWorld,
  useAccessWorld,
  signIn,
  testPassword,
} from '../../../testkit/access/access-world.ts';

const { world, organizer } = await useAccessWorld();

/** Guards sign-in, the reads and ends of sessions, and that nobody learns which addresses are known (S17, S18, S47). */
describe('sessions', () => {
  it('names the signed-in member, for twelve hours, and holds nothing private', async () => {
    const response = await world.request('GET', '/v1/sessions/current', { as: organizer.owner });
    const body = await bodyOf<{ expiresAt: string; sessionId: string }>(response);
    expect(body).toEqual({
      kind: 'staff',
      id: organizer.ownerId,
      name: 'Owner',
      email: organizer.ownerEmail,
      role: 'owner',
      organizer: { slug: organizer.slug, name: 'Senja' },
      sessionId: expect.stringMatching(/^ses_/),
      expiresAt: expect.any(String),
    });
    const hours = (Date.parse(body.expiresAt) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThanOrEqual(12);
    expect(await auditOf(world, body.sessionId)).toMatchObject([
      { act: 'session.started', actor_id: organizer.ownerId },
    ]);
  });

  it('is made for every spelling of the address', async () => {
    await expect(signIn(world, organizer.ownerEmail.toUpperCase())).resolves.toBeTruthy();
  });

  it('answers a wrong password, an unknown address and an invited or disabled member alike', async () => {
    const invited = await aMember(world, organizer, 'door');
    const disabled = await aMember(world, organizer, 'door');
    await world.open.db.execute(
      sql`update staff set status = 'invited', password_hash = null where id = ${invited.id}`,
    );
    await world.open.db.execute(
      sql`update staff set status = 'disabled', password_hash = null where id = ${disabled.id}`,
    );
    const answers = [];
    for (const [email, password] of [
      [organizer.ownerEmail, 'not the password'],
      ['nobody@organizer.test', testPassword],
      [invited.email, testPassword],
      [disabled.email, testPassword],
    ]) {
      const response = await world.request('POST', '/v1/sessions', { body: { email, password } });
      const { requestId: _, ...body } = await bodyOf<Record<string, unknown>>(response);
      answers.push({ status: response.status, body });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'session.refused' } });
  });

  it('works as hard for an unknown address as for a wrong password', async () => {
    const compared: boolean[] = [];
    const { passwords } = world.deps;
    const verify = async (password: string, stored: string | null) => {
      compared.push(stored !== null);
      return passwords.verify(password, stored);
    };
    const deps = { ...world.deps, passwords: { ...passwords, verify } };
    for (const email of [organizer.ownerEmail, 'nobody@organizer.test']) {
      const tried = startSession(deps, { email, password: 'not the password', network: '203.0.113.0/24' });
      await expect(tried).rejects.toMatchObject({ code: 'session.refused' });
    }
    // One hash each. test/access/sessions/passwords.test.ts shows that an unknown address costs a hash, too.
    expect(compared).toEqual([true, false]);
  });

  it.each([
    [{ email: 'not an address', password: 'x' }],
    [{ email: 'a@b.test' }],
    [{ email: 'a@b.test', password: 'x', role: 'owner' }],
    [{ email: ['a@b.test'], password: 'x' }],
    [{ email: 'a@b.test', password: 'x'.repeat(201) }],
    [[{ email: 'a@b.test', password: 'x' }]],
  ])('refuses input that is not a sign-in: %j', async (body) => {
    expect(await codeOf(await world.request('POST', '/v1/sessions', { body }))).toBe('400 request.invalid');
  });

  it('ends at sign-out: here at once, in another process within 30 seconds', async () => {
    const token = await signIn(world, organizer.ownerEmail);
    const elsewhere = world.anotherProcess();
    expect(await elsewhere.of(token)).toBeDefined();
    expect((await world.request('DELETE', '/v1/sessions/current', { as: token })).status).toBe(204);
    expect((await world.request('GET', '/v1/sessions/current', { as: token })).status).toBe(401);
    expect((await world.request('DELETE', '/v1/sessions/current', { as: token })).status).toBe(401);
    expect(await elsewhere.of(token)).toBeDefined();
    world.time.advance(rememberedMs);
    expect(await elsewhere.of(token)).toBeUndefined();
    expect(rememberedMs).toBeLessThanOrEqual(30_000);
  });

  it('lists only the member’s own, and ends another one of the member’s but nobody else’s', async () => {
    const member = await aMember(world, organizer, 'manager');
    const second = await signIn(world, member.email);
    const list = async (as: string) =>
      (await bodyOf<{ data: { id: string; current: boolean }[] }>(await world.request('GET', '/v1/sessions', { as })))
        .data;
    const mine = await list(member.token);
    expect(mine.map(({ current }) => current)).toEqual([false, true]);
    const other = mine.find(({ current }) => !current);
    expect(await codeOf(await world.request('DELETE', `/v1/sessions/${other?.id}`, { as: organizer.owner }))).toBe(
      '404 session.not_found',
    );
    expect((await world.request('GET', '/v1/sessions/current', { as: second })).status).toBe(200);
    expect((await world.request('DELETE', `/v1/sessions/${other?.id}`, { as: member.token })).status).toBe(204);
    expect((await world.request('GET', '/v1/sessions/current', { as: second })).status).toBe(401);
    expect(await auditOf(world, other?.id ?? '')).toMatchObject([{ act: 'session.started' }, { act: 'session.ended' }]);
    expect(await list(member.token)).toHaveLength(1);
  });

  it('a member has at most twenty', async () => {
    const member = await aMember(world, organizer, 'door');
    for (let turn = 0; turn < 22; turn += 1) await signIn(world, member.email);
    const [count] = await rowsOf<{ live: number }>(
      world.open.db,
      sql`select count(*)::int as live from sessions where staff_id = ${member.id} and ended_at is null`,
    );
    expect(count?.live).toBe(20);
    expect((await world.request('GET', '/v1/sessions/current', { as: member.token })).status).toBe(401);
  });

  it('does not outlive its row', async () => {
    const member = await aMember(world, organizer, 'door');
    await world.open.db.execute(sql`update sessions set expires_at = now() where staff_id = ${member.id}`);
    expect(await world.anotherProcess().of(member.token)).toBeUndefined();
  });
});

describe('the limit on sign-ins', () => {
  let world: AccessWorld;
  const tries = new Map<string, number>();

  beforeAll(async () => {
    world = await openAccessWorld({
      signInLimiter: {
        consume: ({ target }) => {
          tries.set(target, (tries.get(target) ?? 0) + 1);
          return Promise.resolve({ allowed: (tries.get(target) ?? 0) <= 3, retryAfterSeconds: 60 });
        },
        reset: ({ target }) => Promise.resolve(void tries.delete(target)),
      },
    });
  });
  afterAll(() => world?.close());

  it('counts per account, known or not, before the password is checked, and forgets failures after a success', async () => {
    const organizer = await anOrganizer(world);
    for (const email of [organizer.ownerEmail, 'nobody@organizer.test']) {
      tries.clear();
      const statuses = [];
      for (let turn = 0; turn < 5; turn += 1) {
        statuses.push((await world.request('POST', '/v1/sessions', { body: { email, password: 'wrong' } })).status);
      }
      expect(statuses).toEqual([401, 401, 401, 429, 429]);
    }
    const limited = await world.request('POST', '/v1/sessions', {
      body: { email: 'nobody@organizer.test', password: testPassword },
    });
    expect(limited.headers.get('retry-after')).toBe('60');
    tries.clear();
    await world.request('POST', '/v1/sessions', { body: { email: organizer.ownerEmail, password: 'wrong' } });
    await signIn(world, organizer.ownerEmail);
    expect(tries.size).toBe(0);
    for (const key of tries.keys()) expect(key).not.toContain('@');
  });
});
