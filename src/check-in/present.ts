import { orderCode } from '../platform/ids.ts';
import type { DecidedScan } from './scans/queries.ts';
import type { CheckInSummary } from './summarize-check-ins.ts';
import type { Gate, Zone } from './tables.ts';

/** Converts a time of the database to RFC 3339 in UTC. */
export const time = (text: string): string => new Date(text).toISOString();

/** The answer to an online scan, with what the door may know of the guest. */
export function presentOnlineScan(scan: DecidedScan) {
  const { guest, note } = scan;
  return {
    ...presentScan(scan),
    ...(typeof note === 'string' ? { note } : {}),
    ...(guest === undefined || guest === null
      ? {}
      : { guest: { name: guest.name, orderCode: orderCode(guest.orderId), partySize: guest.partySize } }),
  };
}

export function presentScan(scan: DecidedScan) {
  return {
    result: scan.result,
    ...(scan.ticketId === null
      ? {}
      : {
          ticket: {
            id: scan.ticketId,
            ticketCategoryId: scan.ticketCategoryId ?? '',
            ticketCategory: scan.ticketCategory ?? '',
          },
        }),
    ...(scan.firstAt === null ? {} : { firstAdmission: { at: time(scan.firstAt), gate: scan.firstGate } }),
  };
}

export function presentGate({ id, name, ticketCategoryIds, opensAt, closesAt, reEntry, zoneId }: Gate) {
  return {
    id,
    name,
    ticketCategoryIds,
    opensAt: opensAt?.toISOString() ?? null,
    closesAt: closesAt?.toISOString() ?? null,
    reEntry,
    zoneId,
  };
}

export function presentZone({ id, name, capacity, inside }: Zone) {
  return { id, name, capacity, inside };
}

export function presentSummary(summary: CheckInSummary) {
  const total = (pick: (counts: CheckInSummary['categories'][number]) => number) =>
    summary.categories.reduce((sum, counts) => sum + pick(counts), 0);
  return {
    asOf: time(summary.asOf),
    tickets: total((counts) => counts.tickets),
    admitted: total((counts) => counts.admitted),
    inside: total((counts) => counts.inside),
    conflicts: summary.gates.reduce((sum, counts) => sum + counts.conflicts, 0),
    categories: summary.categories.map((counts) => ({
      ticketCategoryId: counts.ticket_category_id,
      name: counts.name,
      tickets: counts.tickets,
      admitted: counts.admitted,
      inside: counts.inside,
    })),
    gates: [...summary.gates],
    zones: summary.zones.map(presentZone),
  };
}
