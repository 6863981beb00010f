/**
 * Live: server-sent events about an event, an order, a door and a sale.
 *
 * Promises
 *  1. Within five minutes a client that connects again and names its last id misses nothing; later, or when this is not certain, it
 *     gets a snapshot. Asking works the same without streams: nothing is said here that cannot be asked for.
 *  2. No write waits for a stream. Changes are published after their commits, at most fifty times per second and process; what Redis
 *     does not take is dropped, and the clients are told to read again.
 *  3. A figure that needs SQL is computed at most once a second over all processes, only while somebody listens, and for at most a
 *     twentieth of the time.
 *  4. A stream is opened by the credential of what it is about, and ends within a minute after the credential. Somebody else's order or
 *     event answers as one that does not exist.
 *  5. No message says anything about a person, and none is stored, compressed or buffered on its way.
 *  6. Streams are bounded per process, network and credential, and so are the bytes that a client has not read; a slow one is cut.
 *
 *   commit --tellChange--> publishChanges --XADD--> stream in Redis --readStream--> hub --> streams of the topic
 *                                                     ^                               |
 *                                                     '--- figures <-- facts ---------'
 */
export { createLive } from './create-live.ts';
export { createPublisher, publishChanges } from './publish.ts';
