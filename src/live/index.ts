/**
 * Live: server-sent events about an event, an order, a door and a sale.
 *
 * Promises
 *  1. A client that reconnects within five minutes with its last id misses nothing. Later, or if this is not certain, it gets a
 *     snapshot. Streams carry nothing that polling cannot read.
 *  2. No write waits for a stream. Changes are published after their commits, at most fifty times per second and process. Messages that
 *     Redis does not accept are dropped, and clients are told to read the state again.
 *  3. A figure that needs SQL is computed at most once a second over all processes, only while somebody listens, and for at most a
 *     twentieth of the time.
 *  4. A stream needs a credential for its subject, and ends within a minute after the credential does. Another person's order or event
 *     looks as if it did not exist.
 *  5. Messages contain no personal data, and are neither stored nor compressed nor buffered on the way.
 *  6. Streams are bounded per process, network and credential. A client with too many unread bytes is disconnected.
 *
 *   commit --tellChange--> publishChanges --XADD--> stream in Redis --readStream--> hub --> streams of the topic
 *                                                     ^                               |
 *                                                     '--- figures <-- facts ---------'
 */
export { createLive } from './create-live.ts';
export { createPublisher, publishChanges } from './publish.ts';
