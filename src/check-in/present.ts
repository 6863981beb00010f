import type { DoorList } from './door-list.ts';
import type { DomainError } from '../platform/errors.ts';
import type { InputFault } from '../platform/field-faults.ts';
import type { ConflictRow } from './scans/list-conflicts.ts';
import type { DecidedScan } from './scans/queries.ts';
import type { CheckInSummary } from './summarize-check-ins.ts';
import type { Gate } from './tables.ts';

const time = (text: string): string => new Date(text).toISOString();
const timeOrNull = (text: string | null): string | null => (text === null ? null : time(text));

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

export function presentSyncedScan(scanId: string, scan: DecidedScan) {
  return {
    scanId,
    ...presentScan(scan),
    ...(scan.fault === null ? {} : { fault: scan.fault }),
    ...(scan.conflictAt === null ? {} : { conflict: { at: time(scan.conflictAt), gate: scan.conflictGate } }),
  };
}

export function presentRefusedScan(scanId: string | null, { code, message, details }: DomainError) {
  const errors = details?.['errors'] as InputFault[] | undefined;
  return {
    scanId,
    result: 'refused' as const,
    problem: { code, detail: message, ...(errors === undefined ? {} : { errors }) },
  };
}

export function presentGate(gate: Gate) {
  return { id: gate.id, name: gate.name, ticketCategoryIds: gate.ticketCategoryIds };
}

export function presentDoorList(list: DoorList) {
  return {
    event: { id: list.event.id, doorsOpenAt: time(list.event.doors_open_at), endsAt: time(list.event.ends_at) },
    categories: list.categories.map((category) => ({
      id: category.id,
      name: category.name,
      entryOpensAt: timeOrNull(category.entry_opens_at),
      entryClosesAt: timeOrNull(category.entry_closes_at),
    })),
    gates: list.gates.map(presentGate),
    data: [...list.entries],
    nextCursor: list.nextCursor,
    syncCursor: list.syncCursor,
    asOf: time(list.event.now),
  };
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
  };
}

export function presentConflict(row: ConflictRow) {
  return {
    ticketId: row.ticket_id,
    actorId: row.actor_id,
    deviceId: row.device_id === '' ? row.actor_id : row.device_id,
    scanId: row.scan_id,
    at: time(row.scanned_at),
    gate: row.gate,
    fault: row.fault,
    other:
      row.conflict_at === null
        ? null
        : { at: time(row.conflict_at), gate: row.conflict_gate, deviceId: row.conflict_device_id },
  };
}
