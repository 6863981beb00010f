import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { newOrderId } from '../../../src/platform/ids.ts';
import { waitingRoomInvariants } from '../../../src/waiting-room/invariants.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { order, placingDeps } from '../../../testkit/orders/placing.ts';
import { openRoom, passOf } from '../../../testkit/waiting-room/rooms.ts';

/** Each truth about rooms names the row that breaks it. */

const { open } = await useTestDb();
let event: TestEvent;
const buyer = someBuyer();
beforeEach(async () => {
  await open.db.execute(sql`delete from spent_passes`);
  await open.db.execute(sql`delete from waiting_rooms`);
  event = await createEvent(open.db);
  await openRoom(open.db, event, 10);
});

const mine = ['waiting_room.called_places', 'waiting_room.drawn_before_open', 'waiting_room.spent_passes'];
async function broken(): Promise<string[]> {
  const names: string[] = [];
  for (const invariant of waitingRoomInvariants.filter(({ name }) => mine.includes(name))) {
    const sentences = await invariant.find(open.db);
    if (sentences.some((sentence) => sentence.includes(event.id))) names.push(invariant.name);
  }
  return names;
}

describe('the audit of rooms', () => {
  it('reports rooms that called more places than exist, ended turns of uncalled places, or called before they were open', async () => {
    const spoil = [
      sql`serving = 11`,
      sql`serving = 5, lapsed_below = 6`,
      sql`phase = 'pre_queue', frozen_places = null, serving = 1`,
      sql`phase = 'drawing', rate = 1`,
    ];
    for (const change of spoil) {
      await open.db.execute(sql`update waiting_rooms set serving = 0, lapsed_below = 0, rate = 0, phase = 'open',
        frozen_places = 10 where event_id = ${event.id}`);
      expect(await broken()).not.toContain('waiting_room.called_places');
      await open.db.execute(sql`update waiting_rooms set ${change} where event_id = ${event.id}`);
      expect(await broken()).toContain('waiting_room.called_places');
    }
  });

  it('reports a room that opened without its draw', async () => {
    expect(await broken()).toEqual(['waiting_room.drawn_before_open']);
    await open.db.execute(sql`update waiting_rooms set phase = 'over' where event_id = ${event.id}`);
    expect(await broken()).toEqual([]);
  });

  it('reports passes that were spent by another buyer, without a place, or on no order', async () => {
    const deps = placingDeps(open);
    const pass = passOf(event, 12, buyer);
    const accountKey = pass.split('.')[3] ?? '';
    await open.db.execute(sql`insert into places (event_id, place_index, account_key, joined_at)
      values (${event.id}, 12, ${accountKey}, now())`);
    await order(deps, event, { buyer, queuePass: pass });
    expect(await broken()).not.toContain('waiting_room.spent_passes');
    const spoil = [
      sql`update places set account_key = 'another-account-key-00' where event_id = ${event.id}`,
      sql`update places set voided_at = now() where event_id = ${event.id}`,
      sql`update spent_passes set order_id = ${newOrderId(event.id)} where event_id = ${event.id}`,
      sql`update spent_passes set place_index = 4 where event_id = ${event.id}`,
    ];
    for (const change of spoil) {
      await open.db.execute(change);
      expect(await broken()).toContain('waiting_room.spent_passes');
    }
  });
});
