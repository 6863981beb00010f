import { sql } from 'drizzle-orm';
import { indexEvent } from '../../src/catalog/search/index-events.ts';
import { events, scheduleItems, ticketCategories } from '../../src/catalog/tables.ts';
import { gateKey } from '../../src/check-in/index.ts';
import { gates } from '../../src/check-in/tables.ts';
import { pools, promoCodes, stock } from '../../src/orders/tables.ts';
import { type Db, transaction } from '../../src/platform/database/db.ts';
import { demoEventId, demoId } from './demo-id.ts';
import type { DemoEvent, When } from './programme-types.ts';

const minuteMs = 60_000;
/** What the desk recommends beside a waiting room. */
const rushHoldSeconds = 900;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const hoursAheadOfUtc = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 } as const;

/**
 * Writes one event with everything below it. Seeding again moves its times and does not touch sales: capacities, counters
 * and redemptions are written once.
 */
export async function seedEvent(db: Db, organizerId: string, event: DemoEvent, now: Date): Promise<void> {
  const at = (when: When) => timeOf(when, now, event.timeZone);
  await transaction(db, async (tx) => {
    await writeEvent(tx, organizerId, event, at);
    await writeStock(tx, event);
    await writeCategories(tx, event, at);
    await writeSchedule(tx, event, at);
    await writeGatesAndPromoCodes(tx, event);
  });
}

export function demoCategoryId(slug: string, name: string): string {
  return demoId('cat', slug, name);
}

function timeOf(when: When, now: Date, timeZone: DemoEvent['timeZone']): Date {
  if ('minutes' in when) return new Date(now.getTime() + when.minutes * minuteMs);
  if ('hours' in when) return new Date(Math.floor(now.getTime() / hourMs) * hourMs + when.hours * hourMs);
  const ahead = hoursAheadOfUtc[timeZone] * hourMs;
  const localMidnight = Math.floor((now.getTime() + ahead) / dayMs) * dayMs - ahead;
  return new Date(localMidnight + when.day * dayMs + when.hour * hourMs);
}

type At = (when: When) => Date;

async function writeEvent(tx: Db, organizerId: string, event: DemoEvent, at: At): Promise<void> {
  const times = { startsAt: at(event.starts), endsAt: at(event.ends), doorsOpenAt: at(event.doors) };
  await tx
    .insert(events)
    .values({
      id: demoEventId(event.slug),
      organizerId,
      slug: event.slug,
      name: event.name,
      summary: event.summary,
      description: event.description,
      category: event.category,
      city: event.city,
      venue: event.venue,
      address: event.address,
      timeZone: event.timeZone,
      status: 'published',
      publishedAt: sql`now()`,
      feePerTicket: event.feePerTicket,
      ticketsPerBuyerMax: event.ticketsPerBuyerMax ?? null,
      refundableUntilHours: event.refundableUntilHours ?? null,
      ...(event.room === undefined ? {} : { holdSeconds: rushHoldSeconds }),
      ...times,
    })
    .onConflictDoUpdate({ target: events.id, set: { ...times, version: sql`${events.version} + 1` } });
  await indexEvent(tx, { ...event, id: demoEventId(event.slug) });
}

async function writeStock(tx: Db, { slug, pools: places }: DemoEvent): Promise<void> {
  const eventId = demoEventId(slug);
  for (const [name, capacity] of Object.entries(places)) {
    const id = demoId('pol', slug, name);
    await tx.insert(pools).values({ eventId, id, name }).onConflictDoNothing();
    await tx.insert(stock).values({ eventId, poolId: id, capacity, available: capacity }).onConflictDoNothing();
  }
}

async function writeCategories(tx: Db, event: DemoEvent, at: At): Promise<void> {
  const rows = event.categories.map((category, position) => ({
    eventId: demoEventId(event.slug),
    id: demoCategoryId(event.slug, category.name),
    poolId: demoId('pol', event.slug, category.pool),
    name: category.name,
    description: category.description,
    price: category.price,
    saleOpensAt: at(category.opens ?? event.saleOpens),
    saleClosesAt: at(category.closes ?? event.saleCloses),
    perOrderMax: category.perOrderMax ?? 10,
    perBuyerMax: category.perBuyerMax ?? null,
    position,
  }));
  await tx
    .insert(ticketCategories)
    .values(rows)
    .onConflictDoUpdate({
      target: [ticketCategories.eventId, ticketCategories.id],
      set: { saleOpensAt: sql`excluded.sale_opens_at`, saleClosesAt: sql`excluded.sale_closes_at` },
    });
}

async function writeSchedule(tx: Db, event: DemoEvent, at: At): Promise<void> {
  const rows = event.schedule.map(({ title, stage, stageEn = null, from, to }) => ({
    eventId: demoEventId(event.slug),
    id: demoId('sch', event.slug, title),
    title,
    stage,
    stageEn,
    startsAt: at(from),
    endsAt: at(to),
  }));
  await tx
    .insert(scheduleItems)
    .values(rows)
    .onConflictDoUpdate({
      target: [scheduleItems.eventId, scheduleItems.id],
      set: { startsAt: sql`excluded.starts_at`, endsAt: sql`excluded.ends_at` },
    });
}

async function writeGatesAndPromoCodes(tx: Db, event: DemoEvent): Promise<void> {
  const eventId = demoEventId(event.slug);
  for (const { name, categories } of event.gates) {
    const ticketCategoryIds = categories?.map((category) => demoCategoryId(event.slug, category)) ?? null;
    await tx
      .insert(gates)
      .values({ eventId, id: demoId('gat', event.slug, name), name, nameKey: gateKey(name), ticketCategoryIds })
      .onConflictDoNothing();
  }
  for (const { redemptionsMax, ...code } of event.promoCodes ?? []) {
    await tx
      .insert(promoCodes)
      .values({
        eventId,
        id: demoId('prm', event.slug, code.code),
        ...code,
        redemptionsMax: redemptionsMax ?? null,
      })
      .onConflictDoNothing();
  }
}
