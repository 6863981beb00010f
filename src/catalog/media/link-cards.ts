import { LRUCache } from 'lru-cache';
import { sha256Hex } from '../../platform/crypto.ts';
import { busyIfLate, createHelpers, helperFile } from '../../platform/resilience/helper-processes.ts';
import { createWorkGate } from '../../platform/resilience/work-gate.ts';
import { linkCardHashLength } from '../limits.ts';
import type { LinkCard } from './draw-link-card.ts';

const waitingMax = 16;
const waitMsMax = 5000;
const retryAfterSeconds = 5;
/** Measured on a machine at rest: 40 to 65 ms, and 300 ms for the first card of a process, which opens the fonts. */
const drawMsMax = 10_000;
const idleMs = 60_000;
const heapMiBMax = 96;
/** A card has some 50 kB: the cards of some three hundred pages. */
const keptBytesMax = 16 * 1024 * 1024;
/** Raised when cards are drawn in another way, so that each gets a new address. */
const drawing = 1;

export type LinkCards = {
  /**
   * The card as JPEG. It is drawn once for all who ask at the same time or soon after.
   * @throws DomainError service.busy
   */
  jpegOf(card: LinkCard): Promise<Buffer>;
  close(): Promise<void>;
};

/** Identifies everything that a card shows, for its address. */
export function linkCardVersion(card: LinkCard): string {
  return sha256Hex(JSON.stringify([drawing, card])).slice(0, linkCardHashLength);
}

/** Draws link cards in a helper process, one at a time, and keeps the latest in memory. */
export function createLinkCards({ waitMs = waitMsMax, drawMs = drawMsMax } = {}): LinkCards {
  const gate = createWorkGate({ work: 'link_card', atOnceMax: 1, waitingMax, waitMs, retryAfterSeconds });
  const helpers = createHelpers<LinkCard, Uint8Array>({
    file: helperFile('./link-card-helper.ts', import.meta.url),
    taskMsMax: drawMs,
    idleMs,
    heapMiBMax,
    priority: 'low',
  });
  const draw = async (card: LinkCard): Promise<Buffer> => {
    const leave = await gate.enter();
    try {
      return Buffer.from(await helpers.run(card).catch(busyIfLate('link_card', retryAfterSeconds)));
    } finally {
      leave();
    }
  };
  const kept = new LRUCache<string, Buffer, LinkCard>({
    maxSize: keptBytesMax,
    sizeCalculation: ({ length }) => length,
    fetchMethod: (_version, _stale, { context }) => draw(context),
  });
  return {
    jpegOf: (card) => kept.forceFetch(linkCardVersion(card), { context: card }),
    close: () => helpers.close(),
  };
}
