import { rememberedBytesMax, rememberedMax, replayMs } from './limits.ts';
import { type Message, type Position, type Topic, isAfter, isSuperseding, positionOf } from './messages.ts';

/** The messages of the last minutes, kept in a process for clients that reconnect. */
export type Recent = {
  add(message: Message): void;
  /** The newest message of this name. */
  latest(topic: Topic, name: string): Message | undefined;
  /** The messages after this id; undefined if they are not known for certain. */
  since(topic: Topic, lastEventId: string): readonly Message[] | undefined;
  /** Forgets everything, because messages may be missing. */
  clear(from: Position): void;
};

/** An id may be this much newer than the newest message here: other processes may have read further. */
const aheadMsMax = 60_000;
const overheadBytes = 200;
const compactAfter = 1024;

/**
 * Bounded by age, number and bytes. Everything after `horizon` is here, so a client whose last message is older gets a snapshot.
 */
export function createRecent(limits = { rememberedMax, rememberedBytesMax, replayMs }): Recent {
  const topics = new Map<Topic, Slot[]>();
  /** All slots in order. */
  let all: Slot[] = [];
  let head = 0;
  let bytes = 0;
  let horizon: Position = [Number.POSITIVE_INFINITY, 0, 0];
  let newest: Position = [0, 0, 0];

  const empty = (slot: Slot): void => {
    const { message } = slot;
    if (message === undefined) return;
    slot.message = undefined;
    bytes -= sizeOf(message);
    const own = topics.get(message.topic) ?? [];
    own.splice(own.indexOf(slot), 1);
    if (own.length === 0) topics.delete(message.topic);
  };
  const expire = (): void => {
    const oldest = newest[0] - limits.replayMs;
    for (let first = all[head]; first !== undefined; first = all[head]) {
      const isFull = all.length - head > limits.rememberedMax || bytes > limits.rememberedBytesMax;
      if (!isFull && first.at[0] >= oldest) break;
      head += 1;
      horizon = first.at;
      empty(first);
    }
    if (head < compactAfter || head < all.length / 2) return;
    all = all.slice(head);
    head = 0;
  };

  return {
    add: (message) => {
      newest = message.at;
      const own = topics.get(message.topic) ?? [];
      const superseded = isSuperseding(message.name)
        ? own.find((slot) => slot.message?.name === message.name)
        : undefined;
      if (superseded !== undefined) empty(superseded);
      const slot = { at: message.at, message };
      topics.set(message.topic, own);
      own.push(slot);
      all.push(slot);
      bytes += sizeOf(message);
      expire();
    },
    latest: (topic, name) => topics.get(topic)?.findLast(({ message }) => message?.name === name)?.message,
    since: (topic, lastEventId) => {
      const last = positionOf(lastEventId);
      if (last === undefined || isAfter(horizon, last) || last[0] > newest[0] + aheadMsMax) return undefined;
      return (topics.get(topic) ?? []).flatMap(({ at, message }) =>
        message !== undefined && isAfter(at, last) ? [message] : [],
      );
    },
    clear: (from) => {
      topics.clear();
      all = [];
      head = 0;
      bytes = 0;
      horizon = from;
      newest = from;
    },
  };
}

/** Emptied when a newer message supersedes its own. */
type Slot = { readonly at: Position; message: Message | undefined };

const sizeOf = (message: Message) => message.data.length + message.topic.length + overheadBytes;
