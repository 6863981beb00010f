import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../../src/access/credentials/key-scopes.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, type TestOrganizer, createEvent, signedInOwner } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** Guards the room's promise 9: published settings do not change, and every change has its row in the audit log. */

let api: TestService;
beforeAll(async () => {
  api = await startTestService();
});
afterAll(() => api.close());

const minute = 60_000;
const planAt = (now: number, more: Record<string, unknown> = {}) => ({
  preQueueOpensAt: new Date(now + 10 * minute).toISOString(),
  freezesAt: new Date(now + 20 * minute).toISOString(),
  opensAt: new Date(now + 30 * minute).toISOString(),
  rateMax: 40,
  turnSeconds: 300,
  passSeconds: 600,
  challengeDifficulty: 0,
  ...more,
});

async function keyOf(organizer: TestOrganizer, role: 'manager' | 'door'): Promise<string> {
  const { key } = await createApiKey(api.service, {
    actor: await signedInOwner(api.service.db, organizer),
    name: role,
    role,
    scopes: keyScopes,
  });
  return key;
}

async function aDesk() {
  const event = await createEvent(api.service.db);
  const keys = { manager: await keyOf(event.organizer, 'manager'), door: await keyOf(event.organizer, 'door') };
  const ask = async (method: string, suffix = '', body?: unknown, key = keys.manager, of: TestEvent = event) => {
    const response = await api.fetch(`/v1/organizers/${event.organizer.slug}/events/${of.id}/waiting-room${suffix}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { event, keys, ask };
}

const codeOf = ({ status, body }: { status: number; body: Record<string, unknown> }) =>
  `${status} ${String(body['code'])}`;
const setPhase = (event: TestEvent, phase: string) =>
  api.service.db.execute(sql`update waiting_rooms set phase = ${phase},
    frozen_places = case when ${phase} in ('closed', 'pre_queue') then null else 0 end where event_id = ${event.id}`);
const drawsOf = (event: TestEvent) =>
  rowsOf<{ number: number; state: string; void_reason: string | null; beacon_round: string }>(
    api.service.db,
    sql`select number, state, void_reason, beacon_round from draws where event_id = ${event.id} order by number`,
  );
const auditOf = (event: TestEvent) =>
  rowsOf<{ act: string; changes: Record<string, unknown> }>(
    api.service.db,
    sql`select act, changes from audit_log where subject_id = ${event.id} order by id`,
  );

describe('a plan', () => {
  it('is shown to the public at once, with the draw it commits to', async () => {
    const { event, ask } = await aDesk();
    expect(codeOf(await ask('GET'))).toBe('404 queue.not_found');
    expect((await api.fetch(`/v1/events/${event.slug}/queue`)).status).toBe(404);
    const plan = planAt(Date.now());
    const { status, body } = await ask('PUT', '', plan);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...plan,
      phase: 'closed',
      places: 0,
      served: 0,
      orders: 0,
      draw: { number: 1, state: 'committed' },
    });
    const shown = (await (await api.fetch(`/v1/events/${event.slug}/queue`)).json()) as Record<string, unknown>;
    expect(shown).toMatchObject({ phase: 'closed', opensAt: plan.opensAt, draw: { number: 1, state: 'committed' } });
    expect(Date.parse(String((shown['draw'] as Record<string, unknown>)['beaconRoundAt']))).toBeGreaterThan(
      Date.parse(plan.freezesAt),
    );
    expect(await auditOf(event)).toMatchObject([{ act: 'waiting_room.planned', changes: { rateMax: 40 } }]);
  });

  it('may change completely until the pre-queue opens; the earlier draw is publicly void', async () => {
    const { event, ask } = await aDesk();
    const now = Date.now();
    await ask('PUT', '', planAt(now));
    expect((await ask('PUT', '', planAt(now))).status).toBe(200);
    expect(await drawsOf(event)).toHaveLength(1);
    const later = { freezesAt: new Date(now + 25 * minute).toISOString(), turnSeconds: 120 };
    expect((await ask('PUT', '', planAt(now, later))).body).toMatchObject(later);
    expect(await drawsOf(event)).toMatchObject([
      { number: 1, state: 'void', void_reason: 'rescheduled' },
      { number: 2, state: 'committed' },
    ]);
    expect(await auditOf(event)).toMatchObject([
      { act: 'waiting_room.planned' },
      { act: 'waiting_room.changed', changes: { turnSeconds: { from: 300, to: 120 } } },
    ]);
  });

  it('keeps its times once the pre-queue is open; rate and work can still change', async () => {
    const { event, ask } = await aDesk();
    const now = Date.now();
    await ask('PUT', '', planAt(now));
    for (const phase of ['pre_queue', 'drawing', 'open', 'probably_sold_out']) {
      await setPhase(event, phase);
      for (const change of [
        { opensAt: new Date(now + 31 * minute).toISOString() },
        { freezesAt: new Date(now + 21 * minute).toISOString() },
        { turnSeconds: 60 },
        { passSeconds: 60 },
      ])
        expect(codeOf(await ask('PUT', '', planAt(now, change)))).toBe('409 queue.times_fixed');
      const changed = await ask('PUT', '', planAt(now, { rateMax: 12.5, challengeDifficulty: 50_000 }));
      expect(changed.body).toMatchObject({ rateMax: 12.5, challengeDifficulty: 50_000, phase });
      await ask('PUT', '', planAt(now));
    }
    expect(await drawsOf(event)).toHaveLength(1);
  });

  it('gives the draw half of the time until the opening, or the time that the plan sets', async () => {
    const { event, ask } = await aDesk();
    const now = Date.now();
    const plan = planAt(now);
    const leadOf = async () => {
      const shown = (await (await api.fetch(`/v1/events/${event.slug}/queue`)).json()) as Record<string, unknown>;
      const { beaconRoundAt } = shown['draw'] as { beaconRoundAt: string };
      return Math.floor((Date.parse(beaconRoundAt) - Date.parse(plan.freezesAt)) / 10_000) * 10;
    };
    expect((await ask('PUT', '', plan)).body).toMatchObject({ drawLeadSeconds: 300 });
    expect(await leadOf()).toBe(300);
    expect((await ask('PUT', '', { ...plan, drawLeadSeconds: 120 })).body).toMatchObject({ drawLeadSeconds: 120 });
    expect(await leadOf()).toBe(120);
    expect(await drawsOf(event)).toMatchObject([{ void_reason: 'rescheduled' }, { state: 'committed' }]);
    const late = await ask('PUT', '', { ...plan, drawLeadSeconds: 595 });
    expect(codeOf(late)).toBe('409 queue.times_impossible');
    expect(late.body['errors']).toMatchObject([{ path: 'drawLeadSeconds' }]);
    expect(codeOf(await ask('PUT', '', { ...plan, drawLeadSeconds: 29 }))).toBe('400 request.invalid');
    await setPhase(event, 'pre_queue');
    expect(codeOf(await ask('PUT', '', { ...plan, drawLeadSeconds: 121 }))).toBe('409 queue.times_fixed');
  });

  it('is refused when its times cannot be kept, with all faults at once', async () => {
    const { ask } = await aDesk();
    const now = Date.now();
    const at = (minutes: number) => new Date(now + minutes * minute).toISOString();
    const answer = await ask(
      'PUT',
      '',
      planAt(now, { preQueueOpensAt: at(-1), freezesAt: at(-0.95), opensAt: at(-0.9) }),
    );
    expect(codeOf(answer)).toBe('409 queue.times_impossible');
    expect((answer.body['errors'] as { path: string }[]).map(({ path }) => path)).toEqual([
      'preQueueOpensAt',
      'freezesAt',
      'opensAt',
    ]);
    const beyond = planAt(now, { opensAt: at(60 * 24 * 365) });
    expect(codeOf(await ask('PUT', '', beyond))).toBe('409 queue.times_impossible');
    expect(codeOf(await ask('PUT', '', planAt(now, { rateMax: 0 })))).toBe('400 request.invalid');
    expect(codeOf(await ask('PUT', '', planAt(now, { turnSeconds: 59 })))).toBe('400 request.invalid');
    expect(codeOf(await ask('PUT', '', planAt(now, { surprise: 1 })))).toBe('400 request.invalid');
  });

  it('is stored whole when two are sent at the same time', async () => {
    const { event, ask } = await aDesk();
    const now = Date.now();
    const answers = await Promise.all([
      ask('PUT', '', planAt(now)),
      ask('PUT', '', planAt(now, { opensAt: new Date(now + 40 * minute).toISOString(), rateMax: 7 })),
    ]);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect((await drawsOf(event)).filter(({ state }) => state === 'committed')).toHaveLength(1);
  });
});

describe('pause and end', () => {
  it('a pause calls nobody beyond those already promised; resuming continues; both are in the audit log', async () => {
    const { event, ask } = await aDesk();
    await ask('PUT', '', planAt(Date.now()));
    await setPhase(event, 'open');
    await api.service.db.execute(sql`update waiting_rooms set places = 1000, frozen_places = 1000, serving = 100, rate = 30,
      admission_rate = 30, serving_at = now() where event_id = ${event.id}`);
    expect((await ask('GET')).body).toMatchObject({ admissionRate: 30, ratePerSecond: 30, isStill: false });
    expect((await ask('POST', '/pause')).body).toMatchObject({
      isPaused: true,
      served: 130,
      ratePerSecond: 0,
      admissionRate: 0,
      isStill: true,
    });
    expect((await ask('POST', '/pause')).body).toMatchObject({ isPaused: true, served: 130 });
    expect((await ask('DELETE', '/pause')).body).toMatchObject({ isPaused: false, served: 130, isStill: false });
    await api.service.db.execute(sql`update events set sales = 'closed' where id = ${event.id}`);
    expect((await ask('GET')).body).toMatchObject({ isPaused: false, isStill: true });
    expect((await auditOf(event)).map(({ act }) => act)).toEqual([
      'waiting_room.planned',
      'waiting_room.paused',
      'waiting_room.resumed',
    ]);
  });

  it('an end is permanent', async () => {
    const { event, ask } = await aDesk();
    await ask('PUT', '', planAt(Date.now()));
    expect((await ask('POST', '/closure')).body).toMatchObject({ phase: 'over' });
    for (const [method, suffix] of [
      ['POST', '/closure'],
      ['POST', '/pause'],
      ['DELETE', '/pause'],
    ] as const)
      expect(codeOf(await ask(method, suffix))).toBe('409 queue.over');
    expect(codeOf(await ask('PUT', '', planAt(Date.now())))).toBe('409 queue.over');
    const shown = (await (await api.fetch(`/v1/events/${event.slug}/queue`)).json()) as Record<string, unknown>;
    expect(shown['phase']).toBe('over');
  });
});

describe('the right to plan a room', () => {
  it('belongs to managers of this organizer; another organizer’s event does not exist', async () => {
    const { ask, keys } = await aDesk();
    const { event: others } = await aDesk();
    const plan = planAt(Date.now());
    expect(codeOf(await ask('PUT', '', plan, keys.door))).toBe('403 access.forbidden');
    expect(codeOf(await ask('PUT', '', plan, 'nonsense'))).toBe('401 access.unauthenticated');
    expect(codeOf(await ask('PUT', '', plan, keys.manager, others))).toBe('404 event.not_found');
    for (const [method, suffix] of [
      ['GET', ''],
      ['POST', '/closure'],
      ['POST', '/pause'],
      ['DELETE', '/pause'],
    ] as const)
      expect((await ask(method, suffix, undefined, keys.manager, others)).status).toBe(404);
    expect(codeOf(await ask('POST', '/closure'))).toBe('404 queue.not_found');
  });

  it('does not exist for a cancelled event', async () => {
    const { event, ask } = await aDesk();
    await api.service.db.execute(sql`update events set status = 'cancelled' where id = ${event.id}`);
    expect(codeOf(await ask('PUT', '', planAt(Date.now())))).toBe('409 event.cancelled');
  });
});
