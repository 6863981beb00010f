/** Every limit of live streams. Names of durations end with their unit. */

/** A client that reconnects within this time misses nothing. */
export const replayMs = 5 * 60_000;

/** Entries of the stream in Redis: at most a few hundred bytes to some kilobytes each. */
export const entriesMax = 50_000;
/** Messages, and their bytes, that a process keeps for replays. */
export const rememberedMax = 50_000;
export const rememberedBytesMax = 32 * 1024 * 1024;

/** Changes within this time are published together: at most fifty commands per second and process. */
export const publishEveryMs = 20;
export const messagesPerEntry = 500;
/** Messages that wait to be published. Further ones are dropped, and all readers are told of a gap. */
export const pendingMax = 20_000;
/** How soon a gap is reported again while Redis does not accept it. */
export const gapRetryMs = 1000;

/** How long one read waits for entries. After an empty read the reader checks that its last entry still exists. */
export const readBlockMs = 5000;
export const readDeadlineMs = 8000;
export const readPauseMs = 500;
export const entriesPerRead = 500;

/** A comment that keeps the connection alive; shorter than the times of proxies. */
export const heartbeatSeconds = 20;
/**
 * How often the right to a stream is checked again. Together with the 30 s for which an actor is cached, this makes a
 * minute.
 */
export const recheckSeconds = 25;
export const ordersPerRecheck = 1000;
/**
 * A stream ends after this time, and its client opens another one, so that no connection whose end went unnoticed stays
 * for ever.
 */
export const streamAgeMaxMs = 3_600_000;

/** Unread bytes after which a reader is too slow, by kind of stream. Desks are few, and their replay is long. */
export const unreadBytesMax = { event: 64 * 1024, order: 64 * 1024, door: 64 * 1024, sales: 1024 * 1024 } as const;

/** Time for a client to read the end of a stream and leave. Then its connection is cut. */
export const closeWithinMs = 5000;

/**
 * A process refuses a new stream of this kind once it has so many streams of all kinds. Anybody can open streams of events, and every buyer can
 * open streams of orders. The room above these limits is kept for doors and desks.
 */
export const streamsMax = { event: 13_000, order: 14_500, door: 15_000, sales: 15_000 } as const;
export const streamsPerCredentialMax = 20;
/** The networks of one IPv6 /48 together. */
export const widerNetworkFactor = 4;
/** How long a client waits before it reconnects: after a lost connection, and when this process stops. */
export const retryMs = { from: 1000, to: 5000 } as const;
export const drainRetryMs = { from: 500, to: 10_000 } as const;
export const refusedRetrySeconds = 10;

/** A figure is computed at most once in this time, over all processes, and takes at most a twentieth of it. */
export const figureEveryMs = 1000;
export const figureRestFactor = 20;
/** A figure without known changes is computed this often. */
export const figureIdleMs = 10_000;
export const figureTickMs = 250;
export const figuresAtOnce = 2;
/** Seconds over which rates are averaged. */
export const rateSeconds = 5;
