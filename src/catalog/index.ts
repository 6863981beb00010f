/**
 * Catalog: events, their schedule, ticket categories, prices and sale windows, and the public's way to read them.
 *
 * Promises
 *  1. The public sees published and cancelled events, and no drafts. To an organiser, other organisers' events do not exist.
 *  2. A public answer is made once per change and sent as bytes; a change is seen everywhere within 250 ms, and without
 *     the push within the lifetime of its kind (20 s for documents, 15 s for listings).
 *  3. Availability is at most one second old, comes from the primary, and is shown in bands.
 *  4. While Redis or Postgres are away, the last good bytes are sent for five minutes, marked stale.
 *  5. A published event always has a ticket category with places, and no sale outlasts its event: changes that would
 *     break this are refused.
 *  6. Nobody overwrites what they have not read: an event changes only from the version its editor names.
 *  7. Every change, and who made it, is in the audit log of the same transaction.
 *  8. A slug and a currency cannot be changed.
 *  9. An event is found by each word of its name, summary, category, city and venue, however it is spelt (search/terms.ts).
 *
 * An event's life
 *
 *   createEvent --> draft --publishEvent--> published --cancelEvent--> cancelled
 *                     ^                        |
 *                     +----unpublishEvent------+   (while nothing was ordered)
 *
 *   postponeEvent sets postponedAt of a published event; resumeEvent, and changeEvent with a new start, clear it.
 *   changeEvent, setSales and the acts on schedule items and ticket categories leave the state as it is.
 */
export { saleStateOf } from './public/sale-state.ts';
export { availabilityBandOf } from './public/availability-band.ts';
export { changeEvent } from './events/change-event.ts';
export { type DateMove, isLeftBehind, movedBy } from './events/date-move.ts';
export type { EventChanged, QueueOf } from './ports.ts';
export { legalTextLengthMax, ticketsOfOrderMax } from './limits.ts';
export { presentOrganizerEvent } from './present.ts';
export { isOver } from './is-over.ts';
export { isOffCalendar } from './public/event-calendar.ts';
export { categoryIn, eventIn, scheduleItemIn, wholeEventIn } from './event-in.ts';
export { type ShownEvent, isWithoutDate, startText } from './shown-event.ts';
export { eventKindNames, eventKindOf, eventKinds } from './kinds.ts';
export { queueTag } from './public/public-kinds.ts';
export { requireEventTimes } from './input-rows.ts';
export { foldText } from './search/fold.ts';
export { clearPictures } from './media/clear-pictures.ts';
export { createPictureMaker } from './media/picture-maker.ts';
export { createPictures } from './media/pictures.ts';
export type { LinkCard } from './media/draw-link-card.ts';
export { type LinkCards, createLinkCards, linkCardVersion } from './media/link-cards.ts';
export { pictureFileRoutes } from './media/picture-file-routes.ts';
export { indexEvents } from './search/index-events.ts';
export { type PublicReadServer, servePublicReads } from './public/serve-public-reads.ts';
