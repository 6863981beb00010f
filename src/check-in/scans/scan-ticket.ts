import type { Actor } from '../../access/actor.ts';
import { otherEvent, scanIdReused } from '../errors.ts';
import { repeatsTotal, scansTotal } from '../metrics.ts';
import type { DecidedScan } from './queries.ts';
import { type ScanInput, scanOf } from './scan-content.ts';
import type { ScanLane } from './scan-lane.ts';

/**
 * Decides a scan that happens now. A refusal at the door is an answer, not an error: an event of another organiser, a
 * malformed and an unknown code are all `invalid`.
 * @throws DomainError check_in.other_event for a device of another event, check_in.scan_id_reused when the scan id stands for
 * another code, direction or gate; service.overloaded, service.unavailable
 */
export async function scanTicket(
  deps: { scans: ScanLane },
  actor: Actor,
  input: ScanInput & { readonly eventId: string },
): Promise<DecidedScan> {
  if (actor.kind === 'device' && actor.eventId !== input.eventId) throw otherEvent();
  const answer = await deps.scans.submit(input.eventId, scanOf(actor, input));
  scansTotal.inc({ result: answer.result, way: 'online' });
  if (answer.result === 'reused') throw scanIdReused();
  if (answer.replayed) repeatsTotal.inc({ way: 'online' });
  return answer;
}
