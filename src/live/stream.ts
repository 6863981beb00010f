import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { takeConnection } from '../http/server/take-connection.ts';
import type { Figure } from './figures.ts';
import { closeWithinMs, heartbeatSeconds, unreadBytesMax } from './limits.ts';
import {
  type Message,
  type Position,
  type SnapshotReason,
  type StreamKind,
  type Topic,
  eventBytes,
  isAfter,
} from './messages.ts';

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
  /**
   * The credential that opened it, because streams of one credential are counted together. Undefined for the public.
   */
  readonly credential?: string;
  readonly lastEventId: string | undefined;
  /** Whether the credential still opens it; checked regularly. Orders are checked together instead. */
  readonly isAllowed?: () => Promise<boolean>;
  /** The version of the order's link that opened it. */
  readonly linkVersion?: number;
  /** The documents for listeners of the topic, requested for its first listener. */
  readonly figures?: () => readonly Figure[];
};

type StreamStart = {
  readonly headers: Readonly<Record<string, string>>;
  readonly known: Position | undefined;
  readonly onClose: (stream: Stream) => void;
};

/** One listening client. It is written to on its connection, without the objects of the web standard. */
export type Stream = {
  readonly request: StreamRequest;
  readonly openedAt: number;
  /** The second of the heartbeat's round in which it has its turn. */
  readonly beat: number;
  /** @returns false if the client reads too slowly; the stream has ended then */
  write(bytes: Buffer | string): boolean;
  /** Sends a message unless the client has it. */
  send(message: Message, bytes: Buffer): boolean;
  end(lastWords: string): void;
  cut(): void;
};

/**
 * Starts the answer on its connection.
 * @param known the position up to which the client has all messages; another process may have sent it newer ones than
 * this one has read
 * @param onClose called when the connection has closed
 */
export function openStream(
  outgoing: ServerResponse,
  request: StreamRequest,
  { headers, known, onClose }: StreamStart,
): Stream {
  const connection = startAnswer(outgoing, headers);
  connection.on('close', () => onClose(stream));
  let after = known;
  const max = unreadBytesMax[request.kind];

  const write = (bytes: Buffer | string): boolean => {
    if (connection.destroyed) return false;
    connection.write(bytes);
    if (connection.writableLength <= max) return true;
    connection.destroy();
    return false;
  };
  const stream: Stream = {
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
    end: (lastWords) => {
      connection.end(lastWords);
      // The HTTP server has released it. Without this, a client that neither reads nor leaves would keep it, and it
      // counts under no cap.
      const cut = setTimeout(() => connection.destroy(), closeWithinMs);
      connection.once('close', () => clearTimeout(cut));
    },
    cut: () => void connection.destroy(),
  };
  return stream;
}

/** Sends the head. The answer ends with its connection, so messages need no frames: one write serves all streams of a topic. */
function startAnswer(outgoing: ServerResponse, headers: Readonly<Record<string, string>>): Writable {
  const taken = takeConnection(outgoing);
  if (taken === undefined) {
    outgoing.writeHead(200, headers);
    outgoing.flushHeaders();
    return outgoing;
  }
  const own = { ...headers, connection: 'close' };
  const lines = Object.entries(own).map(([name, value]) => `${name}: ${value}\r\n`);
  taken.write(`HTTP/1.1 200 OK\r\n${lines.join('')}\r\n`, 'latin1');
  return taken;
}

export const retryLine = (milliseconds: number): string => `retry: ${milliseconds}\n\n`;
export const heartbeat = ':\n\n';

/** Announces the present state: the client then reads again what it knows from elsewhere. */
export const snapshotBytes = (reason: SnapshotReason): Buffer => eventBytes('snapshot', JSON.stringify({ reason }));
/** Announces that nothing will come for now: the client polls until the next snapshot. */
export const pausedBytes = eventBytes('paused', '{}');
