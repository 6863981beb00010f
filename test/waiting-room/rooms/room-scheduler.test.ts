import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { TestEvent } from '../../../testkit/factories.ts';
import { useRoomWorld } from '../support/room-world.ts';

/** Guards the room's promises 7 and 8, and that its phases follow each other once, whoever moves them. */

const { world, phaseOf, end } = await useRoomWorld();

describe('the phases', () => {
  it('follow one another by Postgres’ clock, none before its time', async () => {
    const event = await world.room(0);
    await world.owner`update waiting_rooms set phase = 'closed' where event_id = ${event.id}`;
    expect(await world.look(event)).toBeUndefined();
    expect(await world.second(event, 601)).toBe('pre_queue');
    await world.addPlaces(event.id, 0, 20);
    expect(await world.look(event)).toBeUndefined();
    expect(await world.second(event, 3000)).toBe('frozen');
    expect(await world.look(event)).toBe('drawing');
    expect(await phaseOf(event)).toBe('drawing');
    expect(await world.second(event, 66)).toBe('drawing');
    expect((await world.draws(event.id)).map(({ state }) => state)).toEqual(['drawn']);
    expect(await world.look(event)).toBe('waiting');
    expect(await world.second(event, 3600)).toBe('open');
    expect(await world.roomOf(event)).toMatchObject({ phase: 'open', serving: 0, rate: 0, admissionRate: 50 });
    expect(world.state.changes.filter((id) => id === event.id).length).toBe(4);
    await end(event);
  });

  it.each([
    ['shortly before the freeze', 3595],
    ['after the freeze', 3700],
  ])('leave ten minutes to join if workers were away until %s: draw and opening move', async (_name, seconds) => {
    const event = await world.room(0);
    await world.owner`update waiting_rooms set phase = 'closed' where event_id = ${event.id}`;
    const before = await world.roomOf(event);
    expect(await world.second(event, seconds)).toBe('pre_queue');
    const { freezesAt, opensAt } = await world.roomOf(event);
    const movedMs = Number(freezesAt) + seconds * 1000 - Number(before.freezesAt);
    expect(Math.abs(movedMs / 1000 - (seconds - 3000))).toBeLessThan(5);
    expect(Number(opensAt) - Number(freezesAt)).toBe(Number(before.opensAt) - Number(before.freezesAt));
    expect((await world.draws(event.id)).map(({ state, voidReason }) => voidReason ?? state)).toEqual([
      'rescheduled',
      'committed',
    ]);
    await world.addPlaces(event.id, 0, 20);
    expect(await world.second(event, 590)).toBeUndefined();
    expect(await world.second(event, 11)).toBe('frozen');
    expect(await world.roomOf(event)).toMatchObject({ frozenPlaces: 20 });
    await end(event);
  });

  it('stay at drawing while a draw is late, and a missing beacon calls nobody', async () => {
    const event = await world.room(10);
    await world.owner`update waiting_rooms set opens_at = freezes_at + interval '70 seconds' where event_id = ${event.id}`;
    await world.second(event, 3600);
    await world.look(event);
    await world.script({ answer: 503 });
    await world.pass(66);
    expect(await world.look(event)).toBe('drawing');
    await world.pass(600);
    expect(await world.look(event)).toBe('drawing');
    expect(await world.roomOf(event)).toMatchObject({ phase: 'drawing', serving: 0, rate: 0 });
    await world.behave();
    expect(await world.look(event)).toBe('open');
    await end(event);
  });

  it('a draw that is void is followed by another one, and the room opens by itself', async () => {
    const event = await world.room(10);
    await world.owner`update waiting_rooms set opens_at = freezes_at + interval '70 seconds' where event_id = ${event.id}`;
    await world.second(event, 3600);
    // No worker ran between the freeze and the beacon's round: the list has no root, and its value may be known.
    expect(await world.second(event, 66)).toBe('void');
    expect(await world.roomOf(event)).toMatchObject({ phase: 'drawing', serving: 0 });
    expect(await world.look(event)).toBe('drawing');
    await world.pass(125);
    const steps: unknown[] = [];
    for (let looks = 0; looks < 3 && steps.at(-1) !== 'open'; looks += 1) steps.push(await world.look(event));
    expect(steps.at(-1)).toBe('open');
    expect((await world.draws(event.id)).map(({ state, voidReason }) => voidReason ?? state)).toEqual([
      'root_late',
      'drawn',
    ]);
    await world.second(event);
    await world.second(event);
    expect((await world.roomOf(event)).serving).toBeGreaterThan(0);
    await end(event);
  });

  it('take each step once with ten concurrent workers', async () => {
    const event = await world.room(50);
    const all = async () => {
      const steps = await Promise.all(Array.from({ length: 10 }, () => world.look(event)));
      return steps.filter((step) => step !== undefined && step !== 'elsewhere' && step !== 'waiting');
    };
    await world.pass(3600);
    await all();
    await all();
    await world.pass(66);
    await all();
    await world.pass(3600);
    expect((await all()).filter((step) => step === 'open')).toHaveLength(1);
    expect(await world.marks(event)).toHaveLength(1);
    await world.pass(1);
    expect((await all()).filter((step) => step === 'served')).toHaveLength(1);
    expect((await world.roomOf(event)).rate).toBeCloseTo(55);
    await end(event);
  });

  it('end when the event is over or called off, or its sales have ended', async () => {
    const over = [
      (event: TestEvent) =>
        sql`update events set starts_at = now() - interval '2 days', doors_open_at = now() - interval '2 days', ends_at = now() - interval '1 second' where id = ${event.id}`,
      (event: TestEvent) => sql`update events set status = 'cancelled' where id = ${event.id}`,
      (event: TestEvent) =>
        sql`update ticket_categories set sale_opens_at = now() - interval '2 seconds', sale_closes_at = now() - interval '1 second' where event_id = ${event.id}`,
    ];
    for (const ends of over) {
      const event = await world.room(3);
      await world.open.db.execute(ends(event));
      expect(await world.look(event)).toBe('over');
      expect(await world.look(event)).toBeUndefined();
      expect(await phaseOf(event)).toBe('over');
    }
  });
});
