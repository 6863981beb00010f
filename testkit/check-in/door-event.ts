import { randomBytes, randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import type { DecidedScan, ReusedScan } from '../../src/check-in/scans/queries.ts';
import { newEventId, newId, newOrderId } from '../../src/platform/ids.ts';
import { encodeBase32 } from '../../src/platform/text/base32.ts';

/** A ticket with its id and the payload of its QR code. */
export interface HeldTicket {
  readonly id: string;
  readonly code: string;
  readonly orderId: string;
}

/** An event whose doors are open, with one or more categories. */
export interface DoorEvent {
  readonly organizerId: string;
  readonly organizerSlug: string;
  readonly eventId: string;
  readonly categoryIds: readonly string[];
}

export interface DoorEventOptions {
  readonly organizerId?: string;
  readonly organizerSlug?: string;
  readonly doorsOpenAt?: Date;
  readonly endsAt?: Date;
  readonly status?: string;
  readonly categories?: readonly { name: string; entryOpensAt?: Date; entryClosesAt?: Date }[];
}

/** The decided answer; throws if the scan id stood for another scan. */
export function taken(answer: DecidedScan | ReusedScan | undefined): DecidedScan {
  if (answer === undefined || answer.result === 'reused') throw new Error('the scan was not taken');
  return answer;
}

const hour = 3_600_000;

/** Inserts rows directly, because these tests are only about the door. */
export async function addDoorEvent(sql: postgres.Sql, options: DoorEventOptions = {}): Promise<DoorEvent> {
  const now = Date.now();
  const organizerId = options.organizerId ?? newId('org');
  const organizerSlug = options.organizerSlug ?? `org-${randomBytes(6).toString('hex')}`;
  const eventId = newEventId();
  const endsAt = options.endsAt ?? new Date(now + 6 * hour);
  const doorsOpenAt = options.doorsOpenAt ?? new Date(now - hour);
  if (options.organizerId === undefined) {
    await sql`insert into organizers (id, slug, name) values (${organizerId}, ${organizerSlug}, 'Door test')`;
  }
  await sql`insert into events (id, organizer_id, slug, name, category, city, venue, starts_at, ends_at, doors_open_at, status)
    values (${eventId}, ${organizerId}, ${eventId.toLowerCase().replace('_', '-')}, 'Door test', 'music', 'Jakarta', 'Hall',
      ${doorsOpenAt}, ${endsAt}, ${doorsOpenAt}, ${options.status ?? 'published'})`;
  const poolId = newId('pol');
  await sql`insert into pools (event_id, id, name) values (${eventId}, ${poolId}, 'All')`;
  const categoryIds: string[] = [];
  for (const category of options.categories ?? [{ name: 'Regular' }]) {
    const id = newId('cat');
    await sql`insert into ticket_categories
      (event_id, id, pool_id, name, price, sale_opens_at, sale_closes_at, entry_opens_at, entry_closes_at, position)
      values (${eventId}, ${id}, ${poolId}, ${category.name}, 100000, ${new Date(now - 48 * hour)}, ${endsAt},
        ${category.entryOpensAt ?? null}, ${category.entryClosesAt ?? null}, ${categoryIds.length})`;
    categoryIds.push(id);
  }
  return { organizerId, organizerSlug, eventId, categoryIds };
}

/** `count` live tickets, each of its own order unless they share one. */
export async function addTickets(
  sql: postgres.Sql,
  event: DoorEvent,
  count: number,
  options: { status?: string; categoryId?: string; buyer?: { readonly name: string; readonly phone: string } } = {},
): Promise<HeldTicket[]> {
  const held: HeldTicket[] = [];
  const perOrder = 100;
  for (let first = 0; first < count; first += perOrder) {
    const quantity = Math.min(perOrder, count - first);
    const orderId = newOrderId(event.eventId);
    const status = options.status ?? 'paid';
    await sql`insert into orders ${sql({
      event_id: event.eventId,
      id: orderId,
      organizer_id: event.organizerId,
      status,
      idempotency_key_hash: randomUUID(),
      fingerprint: randomUUID(),
      buyer_name: options.buyer?.name ?? 'Buyer',
      buyer_email: 'buyer@example.test',
      buyer_phone: options.buyer?.phone ?? '+628111111111',
      buyer_keys: [randomBytes(8).toString('hex')],
      network_key: 'n',
      locale: 'id',
      currency: 'IDR',
      quantity,
      subtotal: 0,
      discount: 0,
      fees: 0,
      total: 0,
      placed_at: new Date(),
      expires_at: new Date(Date.now() + hour),
      hold_ends_max_at: new Date(Date.now() + hour),
      paid_at: status === 'paid' ? new Date() : null,
    })}`;
    const rows = Array.from({ length: quantity }, (_, index) => ({
      event_id: event.eventId,
      id: `tkt_${orderId.slice(4)}${String(index + 1).padStart(3, '0')}`,
      order_id: orderId,
      ticket_category_id: options.categoryId ?? event.categoryIds[0] ?? '',
      code: randomBytes(16),
    }));
    await sql`insert into tickets ${sql(rows)}`;
    held.push(...rows.map((row) => ({ id: row.id, code: encodeBase32(row.code), orderId })));
  }
  return held;
}
