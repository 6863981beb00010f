/**
 * Waiting room: a line before a sale, drawn in public.
 *
 * Promises
 * 1. One confirmed account has one place in an event's line; joining again returns the same one. A buyer whose turn has
 *    passed may give the place up for one at the end.
 * 2. The order of places before the freeze is drawn, and anybody can verify it. Later places stand behind, in order of arrival.
 * 3. A place lives in Postgres and in its signed token. No restart and no loss of Redis takes it away or gives it to
 *    somebody else.
 * 4. Waiting costs nothing: all buyers read one public document, and no poll reaches Redis or Postgres.
 * 5. Nobody gets a pass for a position that was not called, whose turn is over, or that was removed.
 * 6. A pass belongs to one account and one event, expires soon, and is spent by the order that it places.
 * 7. Buyers are let in no faster than the organizer wants, healthy orders allow, and payments can be made.
 * 8. A called position stays called: serving never decreases, and a turn never ends early.
 * 9. Times and draw do not change once the line has opened. Every change by an organizer is in the audit log.
 *
 * A room's life
 *
 *   planRoom --> closed --scheduler: its time--> pre_queue --freezePlaces--> drawing --completeDraw, its time--> open
 *                                                                                                              | ^
 *                                                            scheduler: stock is spoken for, or back on sale   v |
 *                                                                                               probably_sold_out
 *
 *   any of them --endRoom; scheduler: sold out permanently, sale or event ended--> over
 */
export { createChallenges } from './places/challenge.ts';
export { type RoomScheduler, createRoomScheduler } from './admission/room-scheduler.ts';
export { findEventOfRoom } from './rooms/room-watch.ts';
export { createHealthReader } from './admission/health-reader.ts';
export { type HealthReporter, createHealthReporter } from './admission/health-reporter.ts';
export { createJoinLane } from './places/join-lane.ts';
export { createReadPass, isPassNeeded } from './places/pass.ts';
export { createQueueOf } from './rooms/queue-document.ts';
export { createRoomWatch } from './rooms/room-watch.ts';
