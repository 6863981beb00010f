import { LRUCache } from 'lru-cache';
import { createWorkGate } from '../../platform/resilience/work-gate.ts';
import {
  type HelperOptions,
  busyIfLate,
  createHelpers,
  helperFile,
} from '../../platform/resilience/helper-processes.ts';
import type { TicketsPdfInput } from './draw-ticket.ts';

/** One helper process draws some 700 tickets a second on a core of its own, and less beside a busy event loop. */
const helpersMax = 1;
/** Tickets that may wait to be drawn in one process: a few seconds of work. */
const ticketsWaitingMax = 1000;
const waitMsMax = 10_000;
export const printRetrySeconds = 3;
/**
 * The helper pauses after the pages of a large order. During a storm of orders of 100 tickets, the p95 of placing an order
 * is 1.2 times the undisturbed one with this pause, and 1.5 times without it (`npm run bench -- moments`).
 */
const restFromMs = 20;
const restFactor = 2;
/** On a busy machine drawing takes long because it waits for a core. A pause as long as that would only add to it. */
const restMsMax = 400;
export const drawMsMax = 10_000;
const helperIdleMs = 60_000;
const helperHeapMiBMax = 96;
/** A ticket takes 4 to 30 kB: this holds about a hundred orders. */
const keptBytesMax = 4 * 1024 * 1024;
const keptMs = 10 * 60_000;

export type TicketPrinter = {
  /**
   * Whether an order's data should be read at all. False while too many tickets wait to be drawn and no PDF of this
   * order is cached, so that a rush costs no queries.
   */
  takes(orderId: string): boolean;
  /**
   * The tickets as PDF. One version of an order is drawn once for all callers at the same time or soon after. Another
   * order never gets its bytes.
   * @param version identifies everything that the pages show
   * @throws DomainError service.busy if too many tickets wait to be drawn
   */
  print(orderId: string, version: string, input: TicketsPdfInput): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
};

export type PrinterOptions = {
  readonly priority?: HelperOptions['priority'];
  /** How long an order may wait, and how long its drawing may take. */
  readonly waitMs?: number;
  readonly drawMs?: number;
};

/** Draws tickets in a helper process, behind a gate that counts tickets. */
export function createTicketPrinter({
  priority = 'idle',
  waitMs = waitMsMax,
  drawMs = drawMsMax,
}: PrinterOptions = {}): TicketPrinter {
  const gate = createWorkGate({
    work: 'tickets_pdf',
    atOnceMax: helpersMax,
    waitingMax: ticketsWaitingMax,
    waitMs,
    retryAfterSeconds: printRetrySeconds,
  });
  const helpers = createHelpers<TicketsPdfInput, Uint8Array>({
    file: helperFile('./tickets-helper.ts', import.meta.url),
    taskMsMax: drawMs,
    idleMs: helperIdleMs,
    heapMiBMax: helperHeapMiBMax,
    priority,
  });
  /** The newest version of each order. */
  const kept = new LRUCache<string, { readonly version: string; readonly bytes: Uint8Array<ArrayBuffer> }>({
    maxSize: keptBytesMax,
    sizeCalculation: ({ bytes }) => bytes.length,
    ttl: keptMs,
  });
  const beingDrawn = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  const draw = async (input: TicketsPdfInput) => {
    const leave = await gate.enter(input.tickets.length);
    const started = performance.now();
    try {
      const bytes = await helpers.run(input).catch(busyIfLate('tickets_pdf', printRetrySeconds));
      // A copy, because a view would keep the channel's whole buffer in memory.
      return new Uint8Array(bytes);
    } finally {
      const tookMs = performance.now() - started;
      if (tookMs < restFromMs) leave();
      else setTimeout(leave, Math.min(tookMs * restFactor, restMsMax)).unref();
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
    close: () => helpers.close(),
  };
}
