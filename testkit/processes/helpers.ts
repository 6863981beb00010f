import { type Passwords, createPasswords } from '../../src/access/sessions/passwords.ts';
import { type LinkCards, createLinkCards } from '../../src/catalog/index.ts';
import {
  type PrinterOptions,
  type TicketPrinter,
  createTicketPrinter,
} from '../../src/orders/tickets/print-tickets.ts';

/** Helper processes for all files of a test worker, since each takes up to a second of a processor to start. They end with the worker. */

const keepOpen = { close: () => Promise.resolve() };

/** Cheap, because at the real cost of 0.2 s each, one at a time, a busy machine refuses sign-ins. The real cost has its own test. */
export const testPasswords: Passwords = { ...createPasswords({ ln: 8, r: 8, p: 1 }), ...keepOpen };

/**
 * At the real priority a printer would get no processor beside other tests, and at the real deadlines a busy machine would refuse
 * tickets. Both have their own tests.
 */
const patient = { waitMs: 150_000, drawMs: 150_000 };
export const patientPrinter: PrinterOptions = { priority: 'low', ...patient };
export const testPrinter: TicketPrinter = { ...createTicketPrinter(patientPrinter), ...keepOpen };
export const testLinkCards: LinkCards = { ...createLinkCards(patient), ...keepOpen };
