/**
 * Waiting room: a line before a sale, drawn in public.
 *
 * Promises
 *  1. One confirmed account holds one place in an event's line; joining again finds the same one. Who let its turn pass
 *     may give it up for one at the end.
 *  2. Who was there before the freeze is placed by a draw that anybody can check; who comes later stands behind, in order.
 *  3. A place lives in Postgres and in its signed token. No restart and no loss of Redis takes one away or gives it to
 *     somebody else.
 *  4. Who waits costs nothing: all of them read one public document, and no poll of theirs asks Redis or Postgres.
 *  5. Nobody passes whose position was not called, whose turn is over, or whose place was taken out.
 *  6. A pass belongs to one account and one event, ends soon, and is spent by the order that it places.
 *  7. Buyers are let in no faster than the organizer wants, than orders are healthy, and than payments can be made.
 *  8. What was called once stays called: serving never goes back, and a turn never ends early.
 *  9. Times and draw do not change once the line has opened; every change by an organizer is in the audit log.
 *
 * A room's life
 *
 *   planRoom --> closed --scheduler: its time--> pre_queue --freezePlaces--> drawing --completeDraw, its time--> open
 *                                                                                                              | ^
 *                                                            scheduler: stock is spoken for, or back on sale   v |
 *                                                                                               probably_sold_out
 *
 *   any of them --endRoom; scheduler: sold out for good, sale or event ended--> over
 */
export { createChallenges } from './places/challenge.ts';
export { type RoomScheduler, createRoomScheduler } from './admission/room-scheduler.ts';
export { findEventOfRoom } from './rooms/room-watch.ts';
export { createHealthReader } from './admission/health-reader.ts';
export { createHealthReporter } from './admission/health-reporter.ts';
export { createJoinLane } from './places/join-lane.ts';
export { createReadPass, isPassNeeded } from './places/pass.ts';
export { createQueueOf } from './rooms/queue-document.ts';
export { createRoomWatch } from './rooms/room-watch.ts';
