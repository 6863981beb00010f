import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessInvariants } from '../../../src/access/invariants.ts';
import { purgeEndedAccess } from '../../../src/access/purge-ended-access.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type BuyerWorld, newAddress, openBuyers, rightCode } from '../../../testkit/access/buyer-world.ts';
import { control } from '../../../testkit/notifications/notification-world.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/**
 * Guards that a place belongs to somebody who can read an email or a phone, and that requesting codes serves nobody
 * else.
 */

let world: BuyerWorld;

beforeAll(async () => {
  world = await openBuyers();
});
beforeEach(async () => {
  await control(world.notifications.sandbox, 'reset', {});
  await world.notifications.db.execute(sql`delete from outbox`);
});
afterAll(async () => {
  await world?.work();
  await world?.close();
});

const ask = (body: Record<string, unknown>, network?: string) => world.process.post('verifications', body, network);
describe('private data', () => {
  it('is stored nowhere in clear, and is deleted with the ended verification', async () => {
    const { db } = world.notifications;
    const email = 'kenari.rahasia@pembeli.test';
    const { body } = await ask({ email });
    const id = String(body['verificationId']);
    const everything = async () => {
      const rows = await rowsOf<{ text: string }>(
        db,
        sql`select v::text as text from buyer_verifications v where id = ${id}
            union all select o::text from outbox o union all select d::text from deliveries d where subject_id = ${id}`,
      );
      return rows.map(({ text }) => text).join('\n');
    };
    const staged = await rowsOf<{ payload: unknown }>(db, sql`select payload from outbox`);
    expect(staged).toEqual([{ payload: { verificationId: id } }]);
    await world.work();
    expect(await everything()).toContain(id);
    expect(await everything()).not.toMatch(/kenari|rahasia|pembeli/);
    expect(await everything()).not.toContain(rightCode(id));

    await db.execute(sql`update buyer_verifications set expires_at = now() - interval '1 second' where id = ${id}`);
    expect(await purgeEndedAccess({ db, log: silentLog })).toBeGreaterThan(0);
    expect(await rowsOf(db, sql`select from buyer_verifications where id = ${id}`)).toEqual([]);
  });

  it('that is left behind breaks an invariant', async () => {
    const { db } = world.notifications;
    const invariant = accessInvariants.find(({ name }) => name === 'access.verifications_end');
    await purgeEndedAccess({ db, log: silentLog });
    const { body } = await ask({ email: newAddress() });
    const id = String(body['verificationId']);
    await world.work();
    await db.execute(sql`
      update buyer_verifications set expires_at = now() - interval '2 hours', created_at = now() - interval '3 hours'
      where id = ${id}`);
    const found = (await invariant?.find(db)) ?? [];
    expect(found.filter((sentence) => sentence.includes(id))).toHaveLength(2);
    await purgeEndedAccess({ db, log: silentLog });
    expect((await invariant?.find(db))?.filter((sentence) => sentence.includes(id))).toEqual([]);
  });
});
