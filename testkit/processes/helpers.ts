import { type Passwords, createPasswords } from '../../src/access/sessions/passwords.ts';
import { type TicketPrinter, createTicketPrinter } from '../../src/orders/tickets/print-tickets.ts';

/** Helper processes for all files of a test worker, since each takes up to a second of a processor to start. They end with the worker. */

const keepOpen = { close: () => Promise.resolve() };

/** Cheap, because at the real cost of 0.2 s each, one at a time, a busy machine refuses sign-ins. The real cost has its own test. */
export const testPasswords: Passwords = { ...createPasswords({ ln: 8, r: 8, p: 1 }), ...keepOpen };

/** At the real priority it would get no processor beside other tests. That priority has its own test. */
export const testPrinter: TicketPrinter = { ...createTicketPrinter('low'), ...keepOpen };
