import type { Encoding } from '../negotiation.ts';
import type { Answer } from './answer.ts';
import type { Read } from './kind.ts';

type Headers = Readonly<Record<string, string>>;
/** Headers by their names, and in a list of names and values, which Node sends a twentieth faster. */
export type SentHeaders = { readonly named: Headers; readonly listed: string[] };
export type ReadySlot = {
  readonly ageSeconds: number;
  readonly full: SentHeaders;
  readonly notModified: SentHeaders;
  /** The body in Latin-1, one character for each byte, if it is small (`textBytesMax`). */
  readonly text: string | undefined;
};
/** What is sent as it is. Made once per second and encoding, because only Age and ttl change. */
type ReadySlots = { [encoding in Encoding]?: ReadySlot };

/**
 * Node sends the head of an answer and a text in one piece: of 2 kB a tenth faster than a buffer, of 20 kB a tenth slower
 * (one core, 64 connections).
 */
export const textBytesMax = 4096;

/** An answer in this process. Times are milliseconds of `performance.now()`. */
export type Entry = {
  readonly read: Read;
  readonly tag: string;
  readonly surrogateKeys: string;
  readonly answer: Answer;
  readonly renderedAt: number;
  readonly lifetimeMs: number;
  /** From then on, a request starts a refresh in the background. */
  refreshFrom: number;
  /** Until then the bytes count as current. A pushed change sets it to 0. */
  currentUntil: number;
  /** Until then the bytes may be sent, marked stale, if there are no newer ones. */
  readonly lastGoodUntil: number;
  /** The earliest time of the next refresh after a failed one. */
  retryFrom: number;
  readonly readySlots: ReadySlots;
};

/** How long the last good bytes are sent while Redis or Postgres is away. */
export const lastGoodMs = 5 * 60_000;

/**
 * Refreshes are spread over this share of the lifetime, so that processes and keys do not refresh at the same moment.
 */
const refreshFromRatio = 0.8;
const refreshJitterRatio = 0.1;

/** Until then bytes in Redis count as fresh. This is earlier than any process begins to refresh. */
export const sharedFreshRatio = 0.7;

/** @param ageMs time since the answer was rendered, here or elsewhere */
export function newEntry(
  read: Read,
  found: { tag: string; surrogateKeys: string; answer: Answer; ageMs: number; lifetimeMs: number },
  now: number,
): Entry {
  const renderedAt = now - found.ageMs;
  const jitter = (Math.random() * 2 - 1) * refreshJitterRatio;
  return {
    read,
    tag: found.tag,
    surrogateKeys: found.surrogateKeys,
    answer: found.answer,
    renderedAt,
    lifetimeMs: found.lifetimeMs,
    refreshFrom: renderedAt + found.lifetimeMs * (refreshFromRatio + jitter),
    currentUntil: renderedAt + found.lifetimeMs,
    lastGoodUntil: renderedAt + found.lifetimeMs + lastGoodMs,
    retryFrom: 0,
    readySlots: {},
  };
}
