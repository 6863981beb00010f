/**
 * The door: ticket codes, admissions, and what devices need to scan offline.
 *
 * Promises:
 *  1. A ticket enters once. Of any number of gates that scan it in the same moment, one gets `admitted`; the others get
 *     `already_used` with the time and gate of the first. After an exit it may enter again.
 *  2. A scan id (unique per event and device) always gets the answer that it got first, so a lost reply is never a
 *     second scan, and a green light stays green.
 *  3. What decides is read where it is written down: a ticket revoked before the scan is refused at once.
 *  4. Scans made offline are put where they belong in time. The earliest entry stands; every other one of another device
 *     is reported as a conflict, in the answer to the sync and in the organiser's list.
 *  5. A malformed, forged or foreign code is `invalid`, never an error. Another organiser's event and ticket look
 *     exactly like ones that do not exist.
 *  6. The door list holds no personal data and nothing that opens a door.
 *
 * Life of a ticket at the door (the arrows are `scanTicket` and `syncScans`, both through check_in_tickets):
 *
 *     outside, never came --entry: admitted--> inside --exit: exited--> outside
 *                                              ^  |                       |
 *                        entry: already_used --+--+ <--entry: admitted----+
 *
 * Exits look only at whether the ticket is inside: who is in may leave, also with a ticket revoked meanwhile. An exit of
 * a ticket that never came is `invalid`; of one that left already, `already_used`. A label that is not one of the
 * event's gates restricts nothing.
 */
export type { DoorList } from './door-list.ts';
export { doorList } from './door-list.ts';
export { createGate } from './create-gate.ts';
export { changeGate } from './change-gate.ts';
export { removeGate } from './remove-gate.ts';
export { hasAdmissions } from './has-admissions.ts';
export { listGates } from './list-gates.ts';
export { listConflicts } from './list-conflicts.ts';
export { type ScanLane, createScanLane } from './scan-lane.ts';
export { type ScanInput, scanTicket } from './scan-ticket.ts';
export { type CheckInSummary, summarizeCheckIns } from './summarize-check-ins.ts';
export { type OfflineScan, syncScans } from './sync-scans.ts';
export type { CheckInErrorCode } from './errors.ts';
