/**
 * Desk: the organiser's reads across other rooms. It reads their tables and writes none of them.
 *
 * Promises
 *  1. The story of an order lists everything that happened to it, with masked addresses. It reads by keys of the order only.
 *  2. The figures of a sale cost a bounded part of one connection in each process, however many screens ask.
 *  3. A minute of a sale is written once, when all of its orders are committed.
 *  4. Names of things are shown only to the organizer that owns them.
 *  5. What is kept of one person is shown whole to that organizer's managers, without other people's addresses, and the request is in the
 *     audit log. Each column of each table is in a list of those that hold something of a person, or of those that do not.
 */
export { createFindNames } from './names/find-names.ts';
export { recordSaleMinutes } from './sales/record-minutes.ts';
