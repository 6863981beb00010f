import type { ServerResponse } from 'node:http';
import type { Figure } from './figures.ts';
import { heartbeatSeconds, unreadBytesMax } from './limits.ts';
import { type Message, type Position, type StreamKind, type Topic, eventBytes, isAfter } from './messages.ts';

/** Headers of every stream: never stored, never compressed, never buffered on the way. */
export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'private, no-store, no-transform',
  'x-accel-buffering': 'no',
} as const;

export type StreamRequest = {
  readonly kind: StreamKind;
  readonly topic: Topic;
  /** The network of the client. */
  readonly network: string;
  /** What opened it: streams of one credential are counted together. Undefined for the public. */
  readonly credential?: string;
  readonly lastEventId: string | undefined;
  /** Whether the credential still opens it; asked again and again. Orders are asked together instead. */
  readonly isAllowed?: () => Promise<boolean>;
  /** The version of the order's link that opened it. */
  readonly linkVersion?: number;
  /** The documents that those who listen to the topic are sent; asked for its first listener. */
  readonly figures?: () => readonly Figure[];
};

/** One client that listens. It is written to on its connection, without the objects of the web standard. */
export type Stream = {
  readonly request: StreamRequest;
  readonly openedAt: number;
  /** In which second of the heartbeat's round it has its turn. */
  readonly beat: number;
  /** @returns false when the client reads too slowly; the stream has ended then */
  write(bytes: Buffer | string): boolean;
  /** Sends a message unless the client has it. */
  send(message: Message, bytes: Buffer): boolean;
  end(lastWords: string): void;
  cut(): void;
};

/**
 * Starts the answer on its connection.
 * @param known the position up to which the client has all messages: another process may have sent it newer ones than this one has read
 */
export function openStream(
  outgoing: ServerResponse,
  request: StreamRequest,
  headers: Readonly<Record<string, string>>,
  known: Position | undefined,
): Stream {
  let after = known;
  const max = unreadBytesMax[request.kind];
  outgoing.writeHead(200, headers);
  outgoing.flushHeaders();

  const write = (bytes: Buffer | string): boolean => {
    if (outgoing.destroyed) return false;
    outgoing.write(bytes);
    if (outgoing.writableLength <= max) return true;
    outgoing.destroy();
    return false;
  };
  return {
    request,
    openedAt: performance.now(),
    beat: Math.floor(Math.random() * heartbeatSeconds),
    write,
    send: (message, bytes) => {
      if (after !== undefined) {
        if (!isAfter(message.at, after)) return true;
        after = undefined;
      }
      return write(bytes);
    },
    end: (lastWords) => void outgoing.end(lastWords),
    cut: () => void outgoing.destroy(),
  };
}

export const retryLine = (milliseconds: number): string => `retry: ${milliseconds}\n\n`;
export const heartbeat = ':\n\n';

/** Says that what follows is the present state: the client reads again what it knows from elsewhere. */
export const snapshotBytes = (reason: 'start' | 'gap'): Buffer => eventBytes('snapshot', JSON.stringify({ reason }));
/** Says that nothing comes for now: the client asks for itself until the next snapshot. */
export const pausedBytes = eventBytes('paused', '{}');
