/**
 * Desk: what an organiser looks at across the other rooms. It reads their tables and changes nothing in them.
 *
 * Promises
 *  1. The story of an order has everything that happened to it, by keys of the order, with masked addresses.
 *  2. The figures of a sale cost a bounded part of one connection in each process, however many screens ask.
 *  3. A minute of a sale is written once, when all of its orders are committed.
 *  4. What things are called is told to the organizer that they belong to, and to nobody else.
 */
export { createFindNames } from './names/find-names.ts';
export { recordSaleMinutes } from './sales/record-minutes.ts';
