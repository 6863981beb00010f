import type { ServerResponse } from 'node:http';
import type { RedisClient } from '../platform/redis-client.ts';
import type { Clock } from '../platform/clock.ts';
import { serviceOverloaded } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { drainRetryMs, heartbeatSeconds, refusedRetrySeconds, retryMs } from './limits.ts';
import { type Message, type Topic, eventBytes, positionOf, topicOf } from './messages.ts';
import {
  messagesReplayed,
  messagesSent,
  publishSeconds,
  snapshotsSent,
  streamsEnded,
  streamsRefused,
} from './metrics.ts';
import type { Facts } from './publish.ts';
import { type StreamListener, readStream } from './read-stream.ts';
import { type Recent, createRecent } from './recent.ts';
import { type Roster, createRoster } from './roster.ts';
import {
  type Stream,
  type StreamRequest,
  heartbeat,
  openStream,
  pausedBytes,
  retryLine,
  snapshotBytes,
} from './stream.ts';

/** Why the service ends a stream. */
type EndReason = 'slow' | 'not_allowed' | 'old' | 'drained';

export type Hub = {
  /**
   * Opens a stream on a connection. A client that knows recent messages gets those that it has missed; others get a
   * snapshot.
   * @throws DomainError live.too_many_streams, service.overloaded
   */
  open(outgoing: ServerResponse, request: StreamRequest, headers: Readonly<Record<string, string>>): void;
  readonly streams: ReadonlySet<Stream>;
  end(stream: Stream, reason: EndReason): void;
  latest(topic: Topic, name: string): Message | undefined;
  /** Accepts no new streams, and ends all, each with its own time to reconnect. */
  drain(): void;
  close(): void;
};

export type TopicWatch = {
  /** A topic has its first listener. */
  onFirst(request: StreamRequest): void;
  /** A topic has lost its last listener. */
  onLast(topic: Topic): void;
  onFacts(eventId: string, facts: Facts): void;
  onMessage(message: Message): void;
  /** Messages may have been missed. */
  onGap(): void;
};

const documents = ['availability', 'queue', 'counters', 'sales'] as const;

const randomOf = ({ from, to }: { from: number; to: number }) => Math.round(from + Math.random() * (to - from));

type Parts = {
  readonly recent: Recent;
  readonly roster: Roster;
  readonly writer: ReturnType<typeof createWriter>;
  readonly watch: TopicWatch;
  readonly clock: Clock;
  isLive: boolean;
  isDraining: boolean;
};

/**
 * The streams of one process: reads the messages of all processes once, and gives each to the listeners of its topic.
 * @param deps.beatMs the time between the beats of a heartbeat's round, of which each stream has one; shorter in tests
 */
export function createHub(deps: {
  redis: RedisClient;
  log: Log;
  clock: Clock;
  streamsPerNetworkMax: number;
  watch: TopicWatch;
  beatMs?: number;
}): Hub {
  const roster = createRoster(deps.streamsPerNetworkMax);
  const writer = createWriter(roster, deps.watch, deps.beatMs ?? 1000);
  const { clock, watch } = deps;
  const parts: Parts = { recent: createRecent(), roster, writer, watch, clock, isLive: false, isDraining: false };
  const reader = readStream({ redis: deps.redis, log: deps.log, listener: listenerOf(parts) });
  return {
    open: (outgoing, request, headers) => open(parts, outgoing, request, headers),
    streams: roster.all,
    end: writer.end,
    latest: parts.recent.latest,
    drain: () => {
      parts.isDraining = true;
      writer.endAll();
    },
    close: () => {
      writer.close();
      reader.close();
      writer.endAll();
    },
  };
}

function open(
  parts: Parts,
  outgoing: ServerResponse,
  request: StreamRequest,
  headers: Readonly<Record<string, string>>,
): void {
  const { recent, roster, writer, isLive } = parts;
  if (parts.isDraining) {
    streamsRefused.inc({ reason: 'draining' });
    throw serviceOverloaded(refusedRetrySeconds);
  }
  roster.refuseIfFull(request);
  const { lastEventId, topic } = request;
  const missed = lastEventId === undefined || !isLive ? undefined : recent.since(topic, lastEventId);
  const known = missed === undefined ? undefined : positionOf(lastEventId ?? '');
  const stream = openStream(outgoing, request, {
    headers: { ...headers, date: parts.clock.now().toUTCString() },
    known,
    onClose: writer.leave,
  });
  if (roster.join(stream)) parts.watch.onFirst(request);
  writer.greet(stream, missed, isLive);
  for (const message of missed ?? documents.flatMap((name) => recent.latest(topic, name) ?? [])) {
    stream.send(message, eventBytes(message.name, message.data, message.id));
  }
}

function listenerOf(parts: Parts): StreamListener {
  const { recent, writer, watch } = parts;
  const hearFacts = ({ topic, data }: Message): void => {
    const eventId = topic.slice('facts:'.length);
    const facts = JSON.parse(data) as Facts;
    watch.onFacts(eventId, facts);
    if (facts.allOrders === true) writer.readAgain(eventId);
  };
  return {
    onStart: recent.clear,
    onMessages: (messages) => {
      for (const message of messages) {
        if (message.name === 'facts') {
          if (parts.isLive) hearFacts(message);
          continue;
        }
        recent.add(message);
        writer.deliver(message);
        watch.onMessage(message);
      }
      const [first] = messages;
      if (!parts.isLive || first === undefined) return;
      publishSeconds.observe(Math.max(0, parts.clock.now().getTime() - first.at[0]) / 1000);
    },
    onLive: (hasGap) => {
      if (!parts.isLive || hasGap) writer.snapshotAll();
      parts.isLive = true;
      watch.onGap();
    },
    onAway: () => {
      if (parts.isLive) writer.writeAll(pausedBytes);
      parts.isLive = false;
    },
  };
}

/** Writes to streams; ends those that read too slowly. */
function createWriter(roster: Roster, watch: Pick<TopicWatch, 'onLast'>, beatMs: number) {
  const leave = (stream: Stream): void => {
    if (roster.leave(stream)) watch.onLast(stream.request.topic);
  };
  const end = (stream: Stream, reason: EndReason): void => {
    // A check of rights in progress may end it a second time.
    if (!roster.all.has(stream)) return;
    leave(stream);
    streamsEnded.inc({ reason });
    if (reason === 'slow') stream.cut();
    else stream.end(retryLine(randomOf(reason === 'drained' ? drainRetryMs : retryMs)));
  };
  const write = (stream: Stream, bytes: Buffer | string): void => {
    if (!stream.write(bytes)) end(stream, 'slow');
  };
  const snapshot = (stream: Stream, reason: 'start' | 'gap'): void => {
    snapshotsSent.inc({ reason });
    write(stream, snapshotBytes(reason));
  };
  let second = 0;
  const hearts = setInterval(() => {
    second = (second + 1) % heartbeatSeconds;
    // A share of the streams each second, because ten thousand writes in one turn would block the event loop.
    for (const stream of roster.all) if (stream.beat === second) write(stream, heartbeat);
  }, beatMs);
  hearts.unref();

  return {
    leave,
    end,
    writeAll: (bytes: Buffer): void => {
      for (const stream of roster.all) write(stream, bytes);
    },
    snapshotAll: (): void => {
      for (const stream of roster.all) snapshot(stream, 'gap');
    },
    endAll: (): void => {
      for (const stream of roster.all) end(stream, 'drained');
    },
    greet: (stream: Stream, missed: readonly Message[] | undefined, isLive: boolean): void => {
      stream.write(retryLine(randomOf(retryMs)));
      if (missed === undefined) snapshot(stream, 'start');
      else messagesReplayed.inc(missed.length);
      if (!isLive) stream.write(pausedBytes);
    },
    deliver: (message: Message): void => {
      const listeners = roster.of(message.topic);
      if (listeners === undefined) return;
      const bytes = eventBytes(message.name, message.data, message.id);
      messagesSent.inc({ kind: message.topic.slice(0, message.topic.indexOf(':')) }, listeners.size);
      for (const stream of listeners) if (!stream.send(message, bytes)) end(stream, 'slow');
      // A client with the new link reconnects at once; the old link opens nothing any more.
      if (message.name !== 'order' || !message.data.includes('"hasNewLink":true')) return;
      for (const stream of listeners) end(stream, 'not_allowed');
    },
    /** Any order of the event may have changed. */
    readAgain: (eventId: string): void => {
      const own = topicOf('order', `ord_${eventId.slice('evt_'.length)}`);
      for (const stream of roster.all) if (stream.request.topic.startsWith(own)) snapshot(stream, 'gap');
    },
    close: () => clearInterval(hearts),
  };
}
