import { randomFillSync } from 'node:crypto';
import { alphabet } from './text/base32.ts';

/**
 * Public ids: sortable text with a prefix, in Crockford's base 32 (no I, L, O, U).
 *
 * Everything that belongs to an event carries the event's key in its id, so that a request which names only an order,
 * a ticket or an attempt can be routed to the event's rows (and, distributed, to the event's shard) without a look-up:
 *
 *     evt_7K3M9XQ2                               event: 8 random characters, its key
 *     ord_7K3M9XQ2 06FJ2V1H8C 9QX4T0RBVE         order: event key, 48-bit milliseconds, 50 random bits
 *     tkt_<the order's 28 characters> 001        ticket: its order and its number in it
 *     pay_<the order's 28 characters> 01         payment attempt: its order and its number in it
 */

const eventKeyLength = 8;
const timeLength = 10;
const randomLength = 10;

/** Random bytes are drawn in blocks: one system call for about 400 ids. */
const pool = Buffer.allocUnsafe(4096);
let poolOffset = pool.length;

function randomText(length: number): string {
  if (poolOffset + length > pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  let text = '';
  for (let index = 0; index < length; index += 1) text += alphabet.charAt((pool[poolOffset + index] ?? 0) & 31);
  poolOffset += length;
  return text;
}

function timeText(milliseconds: number): string {
  let rest = milliseconds;
  let text = '';
  for (let index = 0; index < timeLength; index += 1) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

export type IdPrefix =
  | 'org'
  | 'stf'
  | 'ses'
  | 'key'
  | 'dev'
  | 'tok'
  | 'ver'
  | 'cat'
  | 'pol'
  | 'prm'
  | 'qst'
  | 'sch'
  | 'gat'
  | 'zon'
  | 'dlv'
  | 'ntc'
  | 'ann'
  | 'snd'
  | 'inb'
  | 'tsk'
  | 'whe'
  | 'rfd'
  | 'rpt'
  | 'rsc'
  | 'req'
  | 'not';

/** A new id without an event, or of a row that is never looked up without its event. */
export function newId(prefix: IdPrefix, now: Date = new Date()): string {
  return `${prefix}_${timeText(now.getTime())}${randomText(randomLength)}`;
}

export function newEventId(): string {
  return `evt_${randomText(eventKeyLength)}`;
}

export function newOrderId(eventId: string, now: Date = new Date()): string {
  return `ord_${eventId.slice(4)}${timeText(now.getTime())}${randomText(randomLength)}`;
}

export function newWaitingId(eventId: string, now: Date = new Date()): string {
  return `wtl_${newOrderId(eventId, now).slice(4)}`;
}

/** The code that a buyer reads out at the desk: the ten random characters of the order's id, in two groups. */
export function orderCode(orderId: string): string {
  const tail = orderId.slice(-randomLength);
  return `${tail.slice(0, 5)}-${tail.slice(5)}`;
}

export const idPatterns = {
  event: /^evt_[0-9A-HJKMNP-TV-Z]{8}$/,
  order: /^ord_[0-9A-HJKMNP-TV-Z]{28}$/,
  ticket: /^tkt_[0-9A-HJKMNP-TV-Z]{28}\d{3}$/,
  waiting: /^wtl_[0-9A-HJKMNP-TV-Z]{28}$/,
  attempt: /^pay_[0-9A-HJKMNP-TV-Z]{28}\d{2}$/,
  plain: /^[a-z]{3}_[0-9A-HJKMNP-TV-Z]{20}$/,
} as const;

/** The event that an order, ticket or attempt belongs to, read from its id. */
export function eventIdOf(id: string): string {
  return `evt_${id.slice(4, 4 + eventKeyLength)}`;
}

/** The order that a ticket or attempt belongs to, read from its id. */
export function orderIdOf(id: string): string {
  return `ord_${id.slice(4, 4 + eventKeyLength + timeLength + randomLength)}`;
}

/** The ids that log lines and spans carry for an object. */
export type SubjectIds = { readonly order?: string | undefined; readonly event?: string | undefined };

/** The order and the event of an id; nothing for an id of another kind, or for a text that is no id. */
export function subjectIds(id: string | undefined): SubjectIds {
  if (id === undefined) return noSubject;
  if (idPatterns.event.test(id)) return { event: id };
  if (idPatterns.order.test(id) || idPatterns.ticket.test(id) || idPatterns.attempt.test(id))
    return { order: orderIdOf(id), event: eventIdOf(id) };
  return noSubject;
}

const noSubject: SubjectIds = {};
