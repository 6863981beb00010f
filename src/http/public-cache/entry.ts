import type { Encoding } from '../negotiation.ts';
import type { Answer } from './answer.ts';
import type { Read } from './kind.ts';

type Headers = Readonly<Record<string, string>>;
export type HeaderSlot = { readonly ageSeconds: number; readonly full: Headers; readonly notModified: Headers };
/** Headers as objects that are sent as they are: made once a second and encoding, since only Age and ttl move. */
type HeaderSlots = { [encoding in Encoding]?: HeaderSlot };

/** An answer in this process. Times are milliseconds of `performance.now()`. */
export type Entry = {
  readonly read: Read;
  readonly tag: string;
  readonly surrogateKeys: string;
  readonly answer: Answer;
  readonly renderedAt: number;
  readonly lifetimeMs: number;
  /** From here on a request starts a refresh behind its back. */
  refreshFrom: number;
  /** Up to here the bytes count as current; a pushed change sets it to 0. */
  currentUntil: number;
  /** Up to here they may be sent, marked stale, when nothing newer can be had. */
  readonly lastGoodUntil: number;
  /** After a refresh that failed: not tried again before. */
  retryFrom: number;
  readonly headerSlots: HeaderSlots;
};

/** How long the last good bytes are sent while Redis or Postgres are away. */
export const lastGoodMs = 5 * 60_000;

/** Refreshes spread over this part of the lifetime, so that processes and keys do not march in step. */
const refreshFromRatio = 0.8;
const refreshJitterRatio = 0.1;

/** Bytes in Redis count as fresh up to here, which is before any process begins to refresh. */
export const sharedFreshRatio = 0.7;

/** @param ageMs how long ago the answer was rendered, here or elsewhere */
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
    headerSlots: {},
  };
}
