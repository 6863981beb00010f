import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programme, seedDemo } from '../../drizzle/seed/seed-demo.ts';
import { demoStaffExists } from '../../src/access/staff/queries.ts';
import { accessInvariants } from '../../src/access/invariants.ts';
import { createPasswords } from '../../src/access/sessions/passwords.ts';
import { loadConfig } from '../../src/config.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { decrypt } from '../../src/platform/crypto.ts';
import { type OpenDb, openDb, rowsOf } from '../../src/platform/database/db.ts';
import { waitingRoomInvariants } from '../../src/waiting-room/invariants.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';

/** Guards that the demo can be signed in to, bought from and paid for, and that seeding again harms nothing. */
describe('the demo seed', () => {
  let database: TestDatabase;
  let open: OpenDb;
  const encryptionKey = '0123456789abcdef'.repeat(4);

  const config = () =>
    loadConfig({
      DATABASE_URL: database.url,
      REDIS_CACHE_URL: 'redis://127.0.0.1:1',
      REDIS_QUEUE_URL: 'redis://127.0.0.1:2',
      JWT_SECRET: 'demo-only-jwt-secret-0123456789abcdef',
      ORDER_TOKEN_SECRET: 'demo-only-order-secret-0123456789abcdef',
      QUEUE_TOKEN_SECRET: 'demo-only-queue-secret-0123456789abcdef',
      HASH_SECRET: 'demo-only-hash-secret-0123456789abcdef',
      ENCRYPTION_KEY: encryptionKey,
    });
  const rows = <Row>(statement: ReturnType<typeof sql>) => rowsOf<Row>(open.db, statement);

  beforeAll(async () => {
    database = await createTestDatabase();
    open = openDb({
      url: database.url,
      name: 'test',
      poolSize: 3,
      acquireTimeoutMs: 10_000,
      callTimeoutMs: 10_000,
      prepare: false,
    });
    expect(await demoStaffExists(open.db)).toBe(false);
    await seedDemo({ db: open.db, config: config(), clock: systemClock });
  });
  afterAll(async () => {
    await open?.close();
    await database?.close();
  });

  it('has staff of each role with the published password, marked as demo', async () => {
    expect(await demoStaffExists(open.db)).toBe(true);
    const members = await rows<{ email: string; role: string; password_hash: string; is_demo: boolean }>(
      sql`select email, role, password_hash, is_demo from staff order by email`,
    );
    expect(members.map(({ email, role, is_demo }) => [email, role, is_demo])).toEqual([
      ['manager@demo.test', 'manager', true],
      ['owner@demo.test', 'owner', true],
      ['staff@demo.test', 'door', true],
    ]);
    const [member] = members;
    expect(await createPasswords().verify('demo-password-please-change', member?.password_hash ?? null)).toBe(true);
  });

  it('encrypts the accounts for their own rows alone', async () => {
    const [account] = await rows<{ organizer_id: string; credentials: string }>(sql`select * from payment_accounts`);
    const [sender] = await rows<{ id: string; credentials: string }>(sql`select * from senders`);
    const context = `payment_account:${account?.organizer_id}:midtrans`;
    expect(JSON.parse(decrypt(encryptionKey, account?.credentials ?? '', context))).toHaveProperty('serverKey');
    expect(JSON.parse(decrypt(encryptionKey, sender?.credentials ?? '', `sender:${sender?.id}`))).toHaveProperty(
      'appSecret',
    );
    expect(() => decrypt(encryptionKey, account?.credentials ?? '', `sender:${sender?.id}`)).toThrow();
  });

  it('has one event with open doors and a free category, one about to open, one full, and one later', async () => {
    const [now] = await rows<{ open: boolean; free: boolean }>(sql`
      select e.doors_open_at < now() and e.ends_at > now() as open, bool_or(c.price = 0 and c.sale_opens_at < now()) as free
      from events e join ticket_categories c on c.event_id = e.id where e.slug = 'senja-di-selatan' group by e.id`);
    expect(now).toEqual({ open: true, free: true });
    const [soon] = await rows<{ minutes: number }>(sql`
      select extract(epoch from min(c.sale_opens_at) - now())::float8 / 60 as minutes
      from events e join ticket_categories c on c.event_id = e.id where e.slug = 'gema-nusantara'`);
    expect(soon?.minutes).toBeGreaterThan(9);
    expect(soon?.minutes).toBeLessThan(10.1);
    const [full] = await rows<{ available: number; sold: number; tickets: number }>(sql`
      select s.available, s.sold, (select count(*)::int from tickets t where t.event_id = e.id) as tickets
      from events e join stock s on s.event_id = e.id where e.slug = 'temu-warga-web-bandung'`);
    expect(full).toEqual({ available: 0, sold: 24, tickets: 24 });
    expect(
      await rows(sql`select 1 from ticket_categories where sale_opens_at > now() + interval '10 days'`),
    ).not.toHaveLength(0);
  });

  it('changes nothing but times when it runs again', async () => {
    const facts = () =>
      rows(sql`
        select (select count(*) from events) as events, (select count(*) from orders) as orders,
               (select count(*) from outbox) as outbox, (select count(*) from ticket_categories) as categories,
               (select count(*) from gates) as gates, (select count(*) from promo_codes) as codes,
               (select count(*) from staff) as staff, (select sum(sold) from stock) as sold`);
    const before = await facts();
    await seedDemo({ db: open.db, config: config(), clock: { now: () => new Date(Date.now() + 3_600_000) } });
    expect(await facts()).toEqual(before);
    const [soon] = await rows<{ minutes: number }>(sql`
      select extract(epoch from min(c.sale_opens_at) - now())::float8 / 60 as minutes
      from events e join ticket_categories c on c.event_id = e.id where e.slug = 'gema-nusantara'`);
    expect(soon?.minutes).toBeGreaterThan(69);
    expect(programme.length).toBe(9);
    for (const invariant of accessInvariants) expect(await invariant.find(open.db)).toEqual([]);
  });

  it('has a waiting room to try; a room before its freeze is kept, an older one starts anew', async () => {
    const room = async () => {
      const [row] = await rows<{
        phase: string;
        places: number;
        freezes_in: number;
        opens_in: number;
        draws: string;
      }>(sql`
        select r.phase, r.places, extract(epoch from freezes_at - now())::float8 as freezes_in,
          extract(epoch from opens_at - now())::float8 as opens_in,
          (select string_agg(number || ' ' || state, ', ') from draws d where d.event_id = r.event_id) as draws
        from waiting_rooms r join events e on e.id = r.event_id where e.slug = 'gita-semesta'`);
      return row;
    };
    await rows(
      sql`update waiting_rooms set pre_queue_opens_at = now() - interval '2 hours', freezes_at = now() - interval '1 hour', opens_at = now()`,
    );
    const seed = () => seedDemo({ db: open.db, config: config(), clock: systemClock });
    await seed();
    const fresh = await room();
    expect(fresh).toMatchObject({ phase: 'pre_queue', places: 40, draws: '1 committed' });
    expect(fresh?.freezes_in).toBeGreaterThan(170);
    expect(fresh?.opens_in).toBeLessThan(301);
    await seed();
    expect((await room())?.freezes_in).toBeLessThan(fresh?.freezes_in ?? 0);
    for (const invariant of waitingRoomInvariants) expect(await invariant.find(open.db)).toEqual([]);
  });

  it('is refused in production', async () => {
    const production = { ...config(), ENV: 'production' as const };
    await expect(seedDemo({ db: open.db, config: production, clock: systemClock })).rejects.toThrow('production');
  });
});
