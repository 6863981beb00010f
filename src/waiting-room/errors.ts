import { refusalsOf } from '../platform/errors.ts';
import type { InputFault } from '../platform/field-faults.ts';

export const queueProblems = {
  'queue.not_found': { status: 404, title: 'No waiting room' },
  'queue.not_open': { status: 409, title: 'Waiting room not open' },
  'queue.place_invalid': { status: 403, title: 'Place not valid' },
  'queue.not_your_turn': { status: 403, title: 'Not your turn yet' },
  'queue.turn_lapsed': { status: 410, title: 'Turn is over' },
  'queue.place_kept': { status: 409, title: 'Place not given up' },
  'queue.times_fixed': { status: 409, title: 'Times are fixed' },
  'queue.times_impossible': { status: 409, title: 'Times not possible' },
  'queue.over': { status: 409, title: 'Waiting room is over' },
  'challenge.required': { status: 403, title: 'Challenge required' },
  'queue.list_not_frozen': { status: 409, title: 'List not frozen yet' },
  'queue.leaf_not_found': { status: 404, title: 'Not in the frozen list' },
  'challenge.failed': { status: 403, title: 'Challenge failed' },
} as const;

export type QueueErrorCode = keyof typeof queueProblems;

const { refusal, tryLater } = refusalsOf<QueueErrorCode>();

/** The organizer's answer if the event has no waiting room. The public gets `event.not_found`. */
export const queueNotFound = () => refusal('queue.not_found', 'The event has no waiting room.');
/** @param phase the present phase; joining may be possible in another one */
export const queueNotOpen = (phase: string) =>
  refusal('queue.not_open', 'Not possible in the present phase of the waiting room; see phase.', { phase });
export const placeInvalid = () =>
  refusal('queue.place_invalid', 'This is not a place in the waiting room of this event.');
/** @param position that must be called, @param serving the number called so far; both counted from 0 */
export const notYourTurn = (
  details: { position: number | null; serving: number; phase: string },
  retryAfterSeconds: number,
) => tryLater('queue.not_your_turn', 'This place has not been called yet.', retryAfterSeconds, details);
export const turnLapsed = () =>
  refusal(
    'queue.turn_lapsed',
    'The turn of this place is over. While the room is open, join with `insteadOf` for a place at the end of the line.',
  );
/** A place can be given up for a new one only if its turn has passed without an order that lives or was paid. */
export const placeKept = () =>
  refusal(
    'queue.place_kept',
    'This place cannot be given up: its turn is not over, its order is open or paid, a second order ended unpaid, or it is not yours.',
  );
export const timesFixed = (phase: string) =>
  refusal('queue.times_fixed', 'The draw was announced with these times, so they can no longer be changed.', { phase });
export const timesImpossible = (errors: readonly InputFault[]) =>
  refusal('queue.times_impossible', 'These times are not possible; see errors.', { errors });
export const queueOver = () => refusal('queue.over', 'The waiting room of this event has ended.');
/** Joining now requires a solved challenge, and none was sent. */
export const challengeRequired = () =>
  refusal('challenge.required', 'Joining requires a solved challenge; request one, solve it, and join with it.');
export const listNotFrozen = () =>
  refusal('queue.list_not_frozen', 'The list of places is not frozen and hashed yet; see freezesAt.');
export const leafNotFound = () => refusal('queue.leaf_not_found', 'The frozen list has no such index.');
/** The challenge is wrong, expired, or for another account or event. */
export const challengeFailed = () =>
  refusal('challenge.failed', 'The challenge was not solved, or not in time; request a new one.');
