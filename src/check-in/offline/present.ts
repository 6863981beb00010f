import { eventNoOf } from '../../orders/tickets/codes/ticket-code.ts';
import type { DomainError } from '../../platform/errors.ts';
import type { InputFault } from '../../platform/field-faults.ts';
import { presentGate, presentScan, presentZone, time } from '../present.ts';
import type { DecidedScan } from '../scans/queries.ts';
import type { DoorList } from './door-list.ts';
import type { ConflictRow } from './list-conflicts.ts';

const timeOrNull = (text: string | null): string | null => (text === null ? null : time(text));

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

export function presentDoorList(list: DoorList) {
  return {
    event: {
      id: list.event.id,
      name: list.event.name,
      timeZone: list.event.time_zone,
      doorsOpenAt: time(list.event.doors_open_at),
      endsAt: time(list.event.ends_at),
    },
    categories: list.categories.map((category) => ({
      id: category.id,
      name: category.name,
      entryOpensAt: timeOrNull(category.entry_opens_at),
      entryClosesAt: timeOrNull(category.entry_closes_at),
      doorNote: list.settings.categoryNotes[category.id] ?? null,
    })),
    gates: list.gates.map(presentGate),
    zones: list.zones.map(presentZone),
    signing: {
      eventNo: eventNoOf(list.event.id),
      isUsed: list.ticketCodes.codes === 'signed',
      keys: list.ticketCodes.keys.flatMap(({ keyId, publicKey, status }) =>
        status === 'withdrawn' ? [] : [{ keyId, publicKey: publicKey.toString('hex') }],
      ),
    },
    showsNames: list.settings.showsNames,
    data: list.entries.map(({ admission, ...entry }) => ({
      ...entry,
      admission: admission === null ? null : { ...admission, at: time(admission.at) },
    })),
    nextCursor: list.nextCursor,
    syncCursor: list.syncCursor,
    asOf: time(list.event.now),
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
    by: row.by,
    fault: row.fault,
    other:
      row.conflict_at === null
        ? null
        : {
            at: time(row.conflict_at),
            gate: row.conflict_gate,
            deviceId: row.conflict_device_id,
            scanId: row.conflict_scan_id,
            by: row.conflict_by,
          },
  };
}
