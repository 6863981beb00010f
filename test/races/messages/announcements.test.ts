import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { sendAnnouncement } from '../../../src/notifications/announcements/send-announcement.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { type Db, rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { openTestDb, order, placingDeps } from '../../../testkit/orders/placing.ts';
import { type RaceDatabase, asControl, inDatabase } from '../support/race-database.ts';
import { withoutConstraints, withoutGuard } from '../support/without-guard.ts';

/** Guards that an announcement reaches each recipient once, while several workers send it and are killed in the middle of it. */

const orders = 450;
const workers = 4;
const kills = 6;
const killEveryMs = 60;
const announcementId = 'ann_00000000000000000000';

/** Holds each page's transaction open, so that kills and other workers find it unfinished. */
const slowly = ['return query', 'perform pg_sleep(0.1);\n  return query'] as const;

/** Workers send one announcement to the end. They are killed meanwhile, and others go on. */
async function race({ url, db }: RaceDatabase, wrap: (db: Db) => Db = (own) => own) {
  const event = await createEvent(db, { categories: [{ price: 0, capacity: orders }] });
  const open = openTestDb(url, 8);
  const pools = Array.from({ length: workers }, () => openTestDb(url, 1));
  try {
    const deps = placingDeps(open);
    await Promise.all(Array.from({ length: orders }, () => order(deps, event, {})));
    await db.execute(sql`
      insert into announcements (id, event_id, organizer_id, number, kind, status, channels, audience_until, content, created_by, confirmed_at)
      values (${announcementId}, ${event.id}, ${event.organizer.id}, 1, 'practical', 'sending', '{email}', now() + interval '1 minute',
        '{"id": {"subject": "a", "text": "b"}, "en": {"subject": "a", "text": "b"}}', 'test', now())`);
    const isSent = async () => (await rowsOf(db, sql`select id from announcements where status = 'sent'`)).length > 0;
    let died = 0;
    const work = async (own: Db) => {
      while (!(await isSent())) {
        await sendAnnouncement({ db: wrap(own), clock: systemClock }, { announcementId }).catch(() => {
          died += 1;
        });
      }
    };
    const kill = async () => {
      for (let count = 0; count < kills && !(await isSent()); count += 1) {
        await new Promise((resolve) => setTimeout(resolve, killEveryMs));
        await db.execute(sql`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event = 'PgSleep'`);
      }
    };
    await Promise.all([...pools.map((pool) => work(pool.db)), kill()]);
    const [counts] = await rowsOf<{ deliveries: number; recipients: number; jobs: number }>(
      db,
      sql`select count(*)::int as deliveries, count(distinct recipient_key)::int as recipients,
            (select count(*)::int from outbox where name = 'delivery.send_announcement') as jobs from deliveries`,
    );
    return { ...counts, died };
  } finally {
    await Promise.all([open, ...pools].map((pool) => pool.close()));
  }
}

/** The announcement's row is read without its lock. */
function unlocked(db: Db): Db {
  return new Proxy(db, {
    get: (target, name, receiver) => {
      if (name !== 'transaction') return Reflect.get(target, name, receiver) as unknown;
      return (work: (tx: Db) => Promise<unknown>) =>
        target.transaction((tx) => {
          const select = tx.select.bind(tx) as (...fields: unknown[]) => { from: (table: unknown) => object };
          Object.assign(tx, {
            select: (...fields: unknown[]) => {
              const builder = select(...fields);
              const from = builder.from.bind(builder);
              return Object.assign(builder, {
                from: (table: unknown) => {
                  const query = from(table);
                  return Object.assign(query, { for: () => query });
                },
              });
            },
          });
          return work(tx);
        });
    },
  });
}

describe(`${orders} recipients, told by ${workers} workers that are killed`, () => {
  test('each gets one delivery and one job', () =>
    inDatabase(async (database) => {
      await withoutGuard(database.directUrl, 'queue_deliveries', [[...slowly]]);
      const { died, ...counts } = await race(database);
      expect(counts).toEqual({ deliveries: orders, recipients: orders, jobs: orders });
      expect(died).toBeGreaterThan(0);
    }));

  test('control: without the lock and the uniqueness, some are told twice', asControl, () =>
    inDatabase(async (database) => {
      await withoutGuard(database.directUrl, 'queue_deliveries', [
        [...slowly],
        ['on conflict (subject_id, template, channel, recipient_key, version) do nothing', ''],
      ]);
      const [unique] = await rowsOf<{ name: string }>(
        database.db,
        sql`select conname as name from pg_constraint where conrelid = 'deliveries'::regclass and contype = 'u'`,
      );
      await withoutConstraints(database.directUrl, 'deliveries', [unique?.name ?? '']);
      const counts = await race(database, unlocked);
      expect(counts.recipients).toBe(orders);
      expect(counts.deliveries).toBeGreaterThan(orders);
    }),
  );
});
