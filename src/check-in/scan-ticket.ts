import type { Actor } from '../access/actor.ts';
import { otherEvent } from './errors.ts';
import { repeatsTotal, scansTotal } from './metrics.ts';
import type { DecidedScan } from './queries.ts';
import type { ScanLane } from './scan-lane.ts';
import type { Direction } from './tables.ts';
import { readTicketCode } from './ticket-code.ts';

export type ScanInput = {
  readonly eventId: string;
  readonly code: string;
  readonly scanId: string;
  readonly gate?: string | undefined;
  readonly direction?: Direction | undefined;
};

/**
 * Decides a scan that happens now. A refusal at the door is an answer, not an error: an event of another organiser, a
 * malformed and an unknown code are all `invalid`.
 * @throws DomainError check_in.other_event for a device of another event; service.overloaded, service.unavailable
 */
export async function scanTicket(deps: { scans: ScanLane }, actor: Actor, input: ScanInput): Promise<DecidedScan> {
  if (actor.kind === 'device' && actor.eventId !== input.eventId) throw otherEvent();
  const answer = await deps.scans.submit(input.eventId, {
    deviceId: actor.id,
    scanId: input.scanId,
    organizerId: actor.organizerId,
    code: readTicketCode(input.code),
    gate: input.gate,
    direction: input.direction ?? 'entry',
    scannedAt: undefined,
  });
  scansTotal.inc({ result: answer.result, way: 'online' });
  if (answer.replayed) repeatsTotal.inc({ way: 'online' });
  return answer;
}
