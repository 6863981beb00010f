import { setTimeout as pause } from 'node:timers/promises';
import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { orderCode } from '../../platform/ids.ts';
import { csvLine } from '../../platform/text/csv.ts';
import type { ExportGate } from './export-gate.ts';
import { ownEvent } from './own-event.ts';
import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { type Order, orders, promoCodes } from '../tables.ts';

const rowsPerPage = 25;

/** A million rows: more than the largest event has, and a bound for one request. */
const pagesMax = 40_000;

/** All exports of a process together work a sixth of the time, so that orders hardly notice them: some 1,500 rows a second. */
const restFactor = 5;

/** Excel reads a file as UTF-8 only if it begins with this. */
const byteOrderMark = '\uFEFF';

const columns = [
  'code',
  'order_id',
  'status',
  'placed_at',
  'paid_at',
  'name',
  'email',
  'phone',
  'tickets',
  'quantity',
  'subtotal',
  'discount',
  'fees',
  'total',
  'currency',
  'promo_code',
] as const;

/**
 * All orders of an event as CSV, newest first, one page of rows at a time. Each page is read when the client wants it, with no
 * transaction open in between. The audit log records who exported the buyers' addresses. Orders placed during the export may be missing.
 * @throws DomainError event.not_found, service.busy; both before the first text
 */
export async function exportOrders(
  deps: { db: Db; exportGate: ExportGate },
  actor: Actor,
  eventId: string,
): Promise<{ name: string; pages: ReadableStream<Uint8Array> }> {
  const event = await ownEvent(deps.db, actor, eventId);
  const pages = await deps.exportGate.stream(async () => {
    await transaction(deps.db, (tx) => writeAudit(tx, { actor, act: 'orders.exported', subjectId: event.id }));
    return pagesOf(deps, event.id, await findExportPage(deps.db, event.id, undefined, rowsPerPage));
  });
  return { name: `orders-${event.slug}.csv`, pages };
}

async function* pagesOf(
  { db, exportGate }: { db: Db; exportGate: ExportGate },
  eventId: string,
  first: ExportRow[],
): AsyncGenerator<string, void> {
  yield byteOrderMark + csvLine(columns);
  let rows = first;
  for (let page = 1; rows.length > 0; page += 1) {
    yield rows.map(lineOf).join('');
    if (rows.length < rowsPerPage || page >= pagesMax) return;
    const started = performance.now();
    rows = await findExportPage(db, eventId, rows.at(-1)?.id, rowsPerPage);
    const working = performance.now() - started;
    // None runs any more when the client left while this page was read.
    await pause(working * ((1 + restFactor) * Math.max(1, exportGate.running) - 1));
  }
}

function lineOf(row: ExportRow): string {
  const values: Record<(typeof columns)[number], string | number> = {
    code: orderCode(row.id),
    order_id: row.id,
    status: row.status,
    placed_at: row.placedAt.toISOString(),
    paid_at: row.paidAt?.toISOString() ?? '',
    name: row.buyerName,
    email: row.buyerEmail,
    phone: row.buyerPhone,
    tickets: row.tickets,
    quantity: row.quantity,
    subtotal: row.subtotal,
    discount: row.discount,
    fees: row.fees,
    total: row.total,
    currency: row.currency,
    promo_code: row.promoCode ?? '',
  };
  return csvLine(columns.map((column) => values[column]));
}

const exportColumns = {
  id: orders.id,
  status: orders.status,
  placedAt: orders.placedAt,
  paidAt: orders.paidAt,
  buyerName: orders.buyerName,
  buyerEmail: orders.buyerEmail,
  buyerPhone: orders.buyerPhone,
  quantity: orders.quantity,
  subtotal: orders.subtotal,
  discount: orders.discount,
  fees: orders.fees,
  total: orders.total,
  currency: orders.currency,
} as const;

type ExportRow = Pick<Order, keyof typeof exportColumns> & {
  readonly tickets: string;
  readonly promoCode: string | null;
};

/** The next orders of an export, newest first. */
async function findExportPage(
  db: Db,
  eventId: string,
  before: string | undefined,
  limit: number,
): Promise<ExportRow[]> {
  const rows = await db
    .select({
      ...exportColumns,
      tickets: sql<string | null>`(
        select string_agg(l.quantity || ' x ' || c.name, '; ' order by c.position, c.id)
        from order_lines l
        join ticket_categories c on c.event_id = l.event_id and c.id = l.ticket_category_id
        where l.event_id = ${orders.eventId} and l.order_id = ${orders.id})`,
      promoCode: promoCodes.code,
    })
    .from(orders)
    .leftJoin(promoCodes, and(eq(promoCodes.eventId, orders.eventId), eq(promoCodes.id, orders.promoCodeId)))
    .where(and(eq(orders.eventId, eventId), before === undefined ? undefined : lt(orders.id, before)))
    .orderBy(desc(orders.id))
    .limit(limit);
  return rows.map((row) => ({ ...row, tickets: row.tickets ?? '' }));
}
