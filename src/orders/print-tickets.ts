import { LRUCache } from 'lru-cache';
import { createWorkGate } from '../platform/work-gate.ts';
import { createThreads, threadFile } from '../platform/threads.ts';
import type { TicketsPdfInput } from './draw-ticket.ts';

/** One thread draws some 700 tickets a second on a core of its own, and less beside a busy event loop. */
const threadsMax = 1;
/** Tickets that may wait to be drawn in a process: a few seconds of work. */
const ticketsWaitingMax = 1000;
const waitMs = 5000;
export const printRetrySeconds = 3;
const drawMsMax = 10_000;
const threadIdleMs = 60_000;
const threadHeapMiBMax = 96;
/** A ticket takes 4 to 30 kB, so that this holds a hundred orders that are being looked at. */
const keptBytesMax = 4 * 1024 * 1024;
const keptMs = 10 * 60_000;

export type TicketPrinter = {
  /**
   * Whether it makes sense to read what an order's pages show: false while too much waits to be drawn and nothing of this order
   * is kept, so that a storm costs no queries.
   */
  takes(orderId: string): boolean;
  /**
   * The tickets as PDF. The same order in the same version is drawn once, for all that ask at the same time or soon
   * after; another order never gets its bytes.
   * @param version names everything that the page shows
   * @throws DomainError service.busy when too many tickets wait to be drawn
   */
  print(orderId: string, version: string, input: TicketsPdfInput): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
};

/** Draws tickets on a thread of their own, behind a gate that counts tickets. */
export function createTicketPrinter(): TicketPrinter {
  const gate = createWorkGate({
    work: 'tickets_pdf',
    atOnceMax: threadsMax,
    waitingMax: ticketsWaitingMax,
    waitMs,
    retryAfterSeconds: printRetrySeconds,
  });
  const threads = createThreads<TicketsPdfInput, Uint8Array<ArrayBuffer>>({
    file: threadFile('./tickets-thread.ts', import.meta.url),
    taskMsMax: drawMsMax,
    idleMs: threadIdleMs,
    heapMiBMax: threadHeapMiBMax,
  });
  /** By order: its newest version alone. */
  const kept = new LRUCache<string, { readonly version: string; readonly bytes: Uint8Array<ArrayBuffer> }>({
    maxSize: keptBytesMax,
    sizeCalculation: ({ bytes }) => bytes.length,
    ttl: keptMs,
  });
  const beingDrawn = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  const draw = async (input: TicketsPdfInput) => {
    const leave = await gate.enter(input.tickets.length);
    try {
      return await threads.run(input);
    } finally {
      leave();
    }
  };

  return {
    takes: (orderId) => kept.has(orderId) || !gate.isFull(),
    print: (orderId, version, input) => {
      const ready = kept.get(orderId);
      if (ready?.version === version) return Promise.resolve(ready.bytes);
      const key = `${orderId} ${version}`;
      const drawing = beingDrawn.get(key);
      if (drawing !== undefined) return drawing;
      const drawn = draw(input)
        .then((bytes) => {
          kept.set(orderId, { version, bytes });
          return bytes;
        })
        .finally(() => beingDrawn.delete(key));
      beingDrawn.set(key, drawn);
      return drawn;
    },
    close: () => threads.close(),
  };
}
