/**
 * The door: ticket codes, admissions, and what devices need to scan offline.
 *
 * Promises:
 *  1. A ticket enters once. If several gates scan it at the same moment, one gets `admitted`; the others get
 *     `already_used` with the time and gate of the first. After an exit it may enter again.
 *  2. A scan id (unique per event, login and device) always gets its first answer again, so retrying after a lost reply is
 *     not a second scan. With another code, direction, gate or offline time it is refused with `check_in.scan_id_reused`,
 *     and nothing is written.
 *  3. A decision reads the current rows: a ticket revoked before the scan is refused at once.
 *  4. The decision of an offline door stands. A visitor who was let in is inside and may leave; the rule that was broken
 *     (ticket revoked, wrong gate, ...) is the scan's `fault`. Scans are ordered by time, corrected to the server's clock.
 *     The earliest entry stands; any other entry while somebody is inside is a conflict. The response to the sync and the
 *     organiser's list name faults and conflicts. Each item of a batch is judged separately.
 *  5. A malformed, forged or foreign code is `invalid`, never an error. Events and tickets of other organisers look
 *     as if they did not exist.
 *  6. The door list contains no code that a scanner would accept, and no personal data unless the organiser allows names on devices.
 *
 * Life of a ticket at the door (the arrows are `scanTicket` and `syncScans`, both through check_in_tickets):
 *
 *     outside, never came --entry: admitted--> inside --exit: exited--> outside
 *                                              ^  |                       |
 *                        entry: already_used --+--+ <--entry: admitted----+
 *
 * An exit checks only whether the ticket is inside. So a person may leave with a ticket that was revoked meanwhile, and so may the second
 * of two people who entered with one ticket. An exit is `invalid` if the ticket never entered, and `already_used` if it has left.
 * A gate may allow fewer or more entries (`reEntry`), and may lead into a zone with a capacity (`settle_scan.sql`). A gate label that is
 * not a gate of the event restricts nothing. Names that differ only in case, blanks or Unicode form are one gate.
 */
export { findActorEvent } from './find-actor-event.ts';
export { gateKey } from './gates/key.ts';
export { moveGates } from './gates/move-gates.ts';
export { hasAdmissions } from './scans/has-admissions.ts';
export { listConflicts } from './offline/list-conflicts.ts';
export { type ScanLane, createScanLane, scanTicket } from './scans/scan-ticket.ts';
export { presentSummary } from './present.ts';
export { countCheckIns } from './summarize-check-ins.ts';
export { syncScans } from './offline/sync-scans.ts';
