import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { writeAudit } from '../../src/access/audit/audit.ts';
import { transaction } from '../../src/platform/database/db.ts';
import { anOrganizer, auditOf, bodyOf, codeOf, useAccessWorld } from '../../testkit/access/access-world.ts';

const { world, organizer } = await useAccessWorld();

/** Guards that the log names who changed what, goes with its change, and cannot be rewritten. */
describe('the audit log', () => {
  type Entry = { id: string; act: string; actor: { kind: string; id: string; name: string | null }; changes: object };
  const read = async (query = '') =>
    bodyOf<{ data: Entry[]; nextCursor: string | null }>(
      await world.request('GET', `/v1/organizers/${organizer.slug}/audit-log${query}`, { as: organizer.owner }),
    );

  it('begins with the operator, names members, and is read page by page, newest first', async () => {
    const all = await read();
    expect(all.data.map(({ act }) => act)).toEqual([
      'session.started',
      'staff.accepted',
      'staff.invited',
      'organizer.created',
    ]);
    expect(all.data[0]?.actor).toEqual({ kind: 'staff', id: organizer.ownerId, name: 'Owner' });
    expect(all.data[3]?.actor).toEqual({ kind: 'operator', id: 'create-organizer', name: null });
    const first = await read('?limit=3');
    const second = await read(`?limit=3&cursor=${first.nextCursor}`);
    expect([...first.data, ...second.data]).toEqual(all.data);
    expect(second.nextCursor).toBeNull();
  });

  it('shows an organiser no entry of another organiser', async () => {
    const stranger = await anOrganizer(world);
    const path = `/v1/organizers/${organizer.slug}/audit-log`;
    expect(await codeOf(await world.request('GET', path, { as: stranger.owner }))).toBe('404 request.not_found');
    expect(JSON.stringify(await read())).not.toContain(stranger.ownerId);
  });

  it('is filtered by who, what, about what and when, and its pages keep the filter', async () => {
    const device = { kind: 'device', id: 'dev_filter', organizerId: organizer.id } as const;
    for (const [act, subjectId] of [
      ['order.cancelled', 'ord_one'],
      ['order.given_away', 'ord_two'],
      ['order_note.made', 'ord_one'],
    ] as const) {
      await transaction(world.open.db, (tx) => writeAudit(tx, { actor: device, act, subjectId }));
    }
    const acts = async (query: string) => (await read(`?${query}`)).data.map(({ act }) => act);
    expect(await acts('actorId=dev_filter')).toEqual(['order_note.made', 'order.given_away', 'order.cancelled']);
    expect(await acts('actorKind=operator')).toEqual(['staff.invited', 'organizer.created']);
    expect(await acts('act=order')).toEqual(['order.given_away', 'order.cancelled']);
    expect(await acts('act=order.cancelled')).toEqual(['order.cancelled']);
    expect(await acts('subjectId=ord_one')).toEqual(['order_note.made', 'order.cancelled']);
    expect(await acts('subjectId=ord_one&act=order&actorId=dev_filter')).toEqual(['order.cancelled']);
    const first = await read('?act=order&limit=1');
    expect([first.data.length, await acts(`act=order&limit=1&cursor=${first.nextCursor}`)]).toEqual([
      1,
      ['order.cancelled'],
    ]);
    await world.open.db.execute(sql`
      insert into audit_log (organizer_id, actor_kind, actor_id, act, subject_id, at)
      values (${organizer.id}, 'system', 'test', 'order.refunded', 'ord_old', '2026-03-01T00:00:00Z')`);
    expect(await acts('from=2026-03-01T07:00:00%2B07:00&to=2026-03-01T00:00:01Z')).toEqual(['order.refunded']);
    expect(await acts('from=2026-02-01T00:00:00Z&to=2026-03-01T00:00:00Z')).toEqual([]);
  });

  it('refuses filters that cannot be meant, and never answers them with the whole log', async () => {
    const path = `/v1/organizers/${organizer.slug}/audit-log`;
    for (const query of [
      'actorKind=somebody',
      'actorId=%27%20or%201=1',
      'act=order.*',
      'act=Order',
      'act=',
      'subjectId=',
      'from=yesterday',
      'from=0001-01-01T00:00:00Z',
      'from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z',
      'actor=stf_1',
    ]) {
      const answer = await codeOf(await world.request('GET', `${path}?${query}`, { as: organizer.owner }));
      expect([query, answer]).toEqual([query, '400 request.invalid']);
    }
  });

  it('keeps no entry of a change that is rolled back', async () => {
    const actor = { kind: 'system', id: 'test', organizerId: organizer.id } as const;
    const failing = transaction(world.open.db, async (tx) => {
      await writeAudit(tx, { actor, act: 'test.rolled_back', subjectId: 'rolled-back' });
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(await auditOf(world, 'rolled-back')).toEqual([]);
  });

  it('cannot be changed or shortened by the service', async () => {
    for (const statement of [
      sql`update audit_log set act = 'x'`,
      sql`delete from audit_log`,
      sql`truncate audit_log`,
    ]) {
      await expect(world.open.db.execute(statement)).rejects.toMatchObject({ cause: { code: '42501' } });
    }
  });

  it('refuses a cursor of another list', async () => {
    const path = `/v1/organizers/${organizer.slug}/audit-log`;
    for (const cursor of [
      'x',
      Buffer.from('["1;drop"]').toString('base64url'),
      Buffer.from('["1","2"]').toString('base64url'),
    ]) {
      expect(await codeOf(await world.request('GET', `${path}?cursor=${cursor}`, { as: organizer.owner }))).toBe(
        '400 request.invalid',
      );
    }
  });
});
