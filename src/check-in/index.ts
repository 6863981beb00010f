/**
 * The door: ticket codes, admissions, and what devices need to scan offline.
 *
 * Promises:
 *  1. A ticket enters once. Of any number of gates that scan it in the same moment, one gets `admitted`; the others get
 *     `already_used` with the time and gate of the first. After an exit it may enter again.
 *  2. A scan id (unique per event, login and device) always gets the answer that it got first, so a lost reply is never a
 *     second scan, and a green light stays green. Used for another code, direction, gate or offline time it is refused
 *     with `check_in.scan_id_reused`, and nothing is written.
 * 3. A decision reads the current rows: a ticket revoked before the scan is refused at once.
 * 4. The decision of an offline door stands. A visitor who was let in is inside and may leave; what was wrong with it
 *     (revoked meanwhile, another gate, ...) is its `fault`. Scans are put where they belong in time, by the server's clock.
 *     The earliest entry stands; every other one while somebody is inside is a conflict. Faults and conflicts are in the
 *     answer to the sync and in the organiser's list. The items of a batch are judged one by one.
 *  5. A malformed, forged or foreign code is `invalid`, never an error. Another organiser's event and ticket look
 *     exactly like ones that do not exist.
 *  6. The door list holds nothing that opens a door, and no personal data unless the organiser allows names on devices.
 *
 * Life of a ticket at the door (the arrows are `scanTicket` and `syncScans`, both through check_in_tickets):
 *
 *     outside, never came --entry: admitted--> inside --exit: exited--> outside
 *                                              ^  |                       |
 *                        entry: already_used --+--+ <--entry: admitted----+
 *
 * An exit checks only whether the ticket is inside. A person inside may therefore leave with a ticket revoked meanwhile, and so may the
 * second of two people who came in with one ticket. An exit of a ticket that never came is `invalid`; of one that left already,
 * `already_used`. A gate of the event may allow fewer or more entries (`reEntry`), and may lead into a zone with a capacity
 * (`settle_scan.sql`). A label that is not one of the event's gates restricts nothing; names that differ only in case, blanks or
 * Unicode form are one gate.
 */
export { findActorEvent } from './find-actor-event.ts';
export { gateKey } from './gates/key.ts';
export { moveGates } from './gates/move-gates.ts';
export { hasAdmissions } from './scans/has-admissions.ts';
export { listConflicts } from './offline/list-conflicts.ts';
export { type ScanLane, createScanLane, scanTicket } from './scans/scan-ticket.ts';
export { presentSummary } from './present.ts';
export { countCheckIns, summarizeCheckIns } from './summarize-check-ins.ts';
export { syncScans } from './offline/sync-scans.ts';
