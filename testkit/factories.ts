import type { Db } from '../src/platform/database/db.ts';
import { indexEvent } from '../src/catalog/search/index-events.ts';
import { events, ticketCategories } from '../src/catalog/tables.ts';
import { sql } from 'drizzle-orm';
import type { Role, StaffActor } from '../src/access/actor.ts';
import { signSessionToken } from '../src/access/sessions/session-token.ts';
import { newEventId, newId } from '../src/platform/ids.ts';
import { pools, promoCodes, stock } from '../src/orders/tables.ts';

const hour = 3_600_000;

export type TestOrganizer = { readonly id: string; readonly slug: string };

let made = 0;

/** A new organiser for each test, so that tests do not meet. */
export async function createOrganizer(db: Db): Promise<TestOrganizer> {
  made += 1;
  const organizer = { id: newId('org'), slug: `organizer-${process.pid}-${made}` };
  await db.execute(
    sql`insert into organizers (id, slug, name) values (${organizer.id}, ${organizer.slug}, 'Test organizer')`,
  );
  return organizer;
}

/** An owner of the organiser who is signed in. */
export function signedInOwner(db: Db, organizer: TestOrganizer): Promise<StaffActor> {
  return signedInMember(db, organizer, 'owner');
}

/** A new member of the organiser's staff who is signed in for an hour. */
export async function signedInMember(db: Db, organizer: TestOrganizer, role: Role): Promise<StaffActor> {
  const [id, sessionId] = [newId('stf'), newId('ses')];
  await db.execute(sql`
    insert into staff (id, organizer_id, email, name, role, status, password_hash)
    values (${id}, ${organizer.id}, ${`${id.toLowerCase()}@organizer.test`}, 'Ayu Lestari', ${role}, 'active', '$scrypt$none')`);
  await db.execute(
    sql`insert into sessions (id, staff_id, expires_at) values (${sessionId}, ${id}, now() + interval '1 hour')`,
  );
  return { kind: 'staff', id, sessionId, role, organizerId: organizer.id, organizerSlug: organizer.slug };
}

/** The token of a signed-in member's session. */
export function sessionTokenOf(
  { JWT_SECRET }: { readonly JWT_SECRET: string },
  { id, sessionId }: Pick<StaffActor, 'id' | 'sessionId'>,
): Promise<string> {
  const now = Date.now();
  const session = { id: sessionId, staffId: id, createdAt: new Date(now), expiresAt: new Date(now + hour) };
  return signSessionToken(JWT_SECRET, session);
}

/** A gateway account, so that sales can be published. Its keys open nothing. */
export async function createPaymentAccount(db: Db, { id }: TestOrganizer): Promise<void> {
  await db.execute(sql`
    insert into payment_accounts (organizer_id, gateway, merchant_id, credentials) values (${id}, 'midtrans', 'M-TEST', 'none')`);
}

export type TestCategory = { readonly id: string; readonly poolId: string; readonly price: number };
export type TestEvent = {
  readonly id: string;
  readonly slug: string;
  readonly organizer: TestOrganizer;
  readonly categories: readonly TestCategory[];
};

export type TestEventOptions = {
  readonly organizer?: TestOrganizer;
  readonly event?: Partial<typeof events.$inferInsert>;
  /** One category with its own pool per entry; `pool` names the index of an earlier entry to share its pool. */
  readonly categories?: readonly (Partial<typeof ticketCategories.$inferInsert> & {
    capacity?: number;
    pool?: number;
  })[];
};

/** A published event on sale, by default with one category of 100 places at 150,000 rupiah. */
export async function createEvent(db: Db, options: TestEventOptions = {}): Promise<TestEvent> {
  const organizer = options.organizer ?? (await createOrganizer(db));
  made += 1;
  const id = newEventId();
  const now = Date.now();
  const slug = options.event?.slug ?? `event-${process.pid}-${made}`;
  const values = {
    id,
    organizerId: organizer.id,
    slug,
    name: 'Senja di Selatan',
    category: 'concert',
    city: 'Jakarta',
    venue: 'Lapangan Selatan',
    startsAt: new Date(now + 72 * hour),
    endsAt: new Date(now + 76 * hour),
    doorsOpenAt: new Date(now + 70 * hour),
    status: 'published' as const,
    publishedAt: new Date(now - hour),
    ...options.event,
  };
  await db.insert(events).values(values);
  await indexEvent(db, { ...values, summary: values.summary ?? '' });
  const categories: TestCategory[] = [];
  for (const [index, { capacity = 100, pool, ...values }] of (options.categories ?? [{}]).entries()) {
    const poolId = pool === undefined ? newId('pol') : (categories[pool]?.poolId ?? '');
    if (pool === undefined) {
      await db.insert(pools).values({ eventId: id, id: poolId, name: `Pool ${index + 1}` });
      await db.insert(stock).values({ eventId: id, poolId, capacity, available: capacity });
    }
    const category = { id: newId('cat'), poolId, price: values.price ?? 150_000 };
    await db.insert(ticketCategories).values({
      eventId: id,
      name: `Category ${index + 1}`,
      saleOpensAt: new Date(now - hour),
      saleClosesAt: new Date(now + 48 * hour),
      position: index,
      ...values,
      ...category,
    });
    categories.push(category);
  }
  return { id, slug, organizer, categories };
}

export async function createPromoCode(
  db: Db,
  event: TestEvent,
  values: Partial<typeof promoCodes.$inferInsert> & { code: string },
): Promise<string> {
  const id = newId('prm');
  await db.insert(promoCodes).values({ eventId: event.id, id, kind: 'percent', value: 10, ...values });
  return id;
}

/** A buyer that no other test uses. */
export function someBuyer() {
  made += 1;
  const number = `${process.pid}${made}`.padStart(9, '0').slice(-9);
  return { name: 'Ayu Lestari', email: `ayu.${process.pid}.${made}@example.test`, phone: `+62812${number}` };
}
