import type { Actor } from '../../access/actor.ts';
import { nameWords } from '../../orders/index.ts';
import { sha256 } from '../../platform/crypto.ts';
import type { Db } from '../../platform/database/db.ts';
import { orderCode } from '../../platform/ids.ts';
import { encodeBase32 } from '../../platform/text/base32.ts';
import { beginsNear } from '../../platform/text/one-mistake.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { time } from '../present.ts';
import { findDoorSettings } from '../settings/door-settings.ts';
import { type FoundTicket, findNearTickets, findTickets, ordersMax } from './find-tickets.ts';
import { readGuestQuery, readNearGuestQuery } from './read-guest-query.ts';

const ticketsMax = 50;

/**
 * Finds the tickets of a guest who has no code: by phone number or order code, and by name if the organiser allows names. Without that
 * permission, only a complete number or code matches, and the response has no names: the guest must have told the number. Orders are
 * searchable by name and number about half a minute after they were placed. If nothing matches, it finds what differs by one typing
 * mistake.
 * @throws DomainError event.not_found, check_in.other_event
 */
export async function searchGuests(deps: { readonly db: Db }, actor: Actor, input: { eventId: string; q: string }) {
  const event = await findActorEvent(deps, actor, input.eventId);
  const { showsNames } = await findDoorSettings(deps.db, event.id);
  const place = { organizerId: actor.organizerId, eventId: event.id };
  const sought = readGuestQuery(input.q, event.country, showsNames);
  const startsWith = (part: string, word: string) => part.startsWith(word);
  const exact = fittingOf(await findTickets(deps.db, place, sought), { showsNames, words: sought.words, startsWith });
  if (exact.tickets.length > 0) return present(exact, 'exact', showsNames);
  const near = readNearGuestQuery(input.q, event.country, showsNames);
  const found = await findNearTickets(deps.db, place, near);
  return present(fittingOf(found, { showsNames, words: sought.words, startsWith: beginsNear }), 'similar', showsNames);
}

type Fitting = { readonly tickets: readonly FoundTicket[]; readonly isComplete: boolean };
type Meant = {
  readonly showsNames: boolean;
  readonly words: readonly string[] | undefined;
  /** Whether a word of a name begins as it was typed. */
  startsWith(part: string, word: string): boolean;
};

/**
 * The found tickets that the search means. A phone number is the buyer's, so it must not find transferred tickets. The order's code is
 * part of each ticket id, so recipients of transfers know it, too. It finds tickets only if the door sees their holders' names, or if no
 * ticket of the order was transferred. A name finds the tickets of that holder.
 */
function fittingOf(rows: readonly FoundTicket[], { showsNames, words = [], startsWith }: Meant): Fitting {
  const shared = new Set(rows.filter((row) => row.is_given).map((row) => row.order_id));
  const isMeant = ({ ways, is_given: isGiven, name, order_id: orderId }: FoundTicket): boolean => {
    if (ways.includes('code') && (showsNames || !shared.has(orderId))) return true;
    if (ways.includes('phone') && !isGiven) return true;
    const borne = nameWords(name);
    return ways.includes('name') && words.every((word) => borne.some((part) => startsWith(part, word)));
  };
  return { tickets: rows.filter(isMeant), isComplete: (rows[0]?.orders_found ?? 0) <= ordersMax };
}

function present({ tickets, isComplete }: Fitting, match: 'exact' | 'similar', showsNames: boolean) {
  return {
    data: tickets.slice(0, ticketsMax).map((row) => presentGuest(row, showsNames)),
    match,
    isComplete: isComplete && tickets.length <= ticketsMax,
  };
}

function presentGuest(row: FoundTicket, showsNames: boolean) {
  return {
    codeSha256: sha256(encodeBase32(row.code)).toString('hex'),
    ticketCategoryId: row.ticket_category_id,
    status: row.status,
    admission:
      row.admitted_at === null ? null : { at: time(row.admitted_at), gate: row.gate, inside: row.inside === true },
    guest: {
      ticketId: row.ticket_id,
      name: showsNames ? row.name : null,
      orderCode: orderCode(row.order_id),
      partySize: row.party_size,
    },
  };
}
