import { type Bitmap2D, correction, generate, mode } from 'lean-qr';
import { toSvgSource } from 'lean-qr/extras/svg';
import type { Db } from '../platform/db.ts';
import { eventIdOf, idPatterns } from '../platform/ids.ts';
import { findLiveTicket } from './buyer-queries.ts';
import { ticketNotFound } from './desk-errors.ts';
import { ticketCode } from './present.ts';

/** Modules of white around the code; scanners need them, also on a dark page. */
export const quietZoneModules = 4;
const modulePixels = 8;

/** The code of a ticket as a QR symbol: alphanumeric, correction M, so 26 characters make 25 by 25 modules. */
export function qrOf(code: string): Bitmap2D {
  return generate(mode.alphaNumeric(code), {
    minCorrectionLevel: correction.M,
    maxCorrectionLevel: correction.M,
  });
}

/** An SVG document of the code, black on white. */
export function qrSvg(code: string): string {
  return toSvgSource(qrOf(code), {
    on: '#000000',
    off: '#ffffff',
    pad: quietZoneModules,
    scale: modulePixels,
    xmlDeclaration: true,
  });
}

/**
 * The QR code of one valid ticket of an order.
 * @throws DomainError ticket.not_found also for another order's ticket and for one that was taken back
 */
export async function ticketQr(deps: { db: Db }, orderId: string, ticketId: string): Promise<string> {
  if (!idPatterns.ticket.test(ticketId)) throw ticketNotFound();
  const ticket = await findLiveTicket(deps.db, eventIdOf(orderId), orderId, ticketId);
  if (ticket === undefined) throw ticketNotFound();
  return qrSvg(ticketCode(ticket));
}
