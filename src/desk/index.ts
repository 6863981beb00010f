/**
 * Desk: the organiser's reads across other rooms. It reads their tables and writes none of them.
 *
 * Promises
 *  1. The story of an order lists everything that happened to it, with masked addresses. It reads by keys of the order only.
 *  2. The figures of a sale cost a bounded part of one connection in each process, however many screens ask.
 *  3. A minute of a sale is written once, when all of its orders are committed.
 *  4. Names of things are shown only to the organizer that owns them.
 */
export { createFindNames } from './names/find-names.ts';
export { recordSaleMinutes } from './sales/record-minutes.ts';
