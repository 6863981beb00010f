import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';

const handleKey = '_handle';
type WithHandle = { [handleKey]: object | null };

/**
 * Takes a connection away from the HTTP server, for an answer that stays open for minutes: the parser, the request and the answer of
 * Node hold 12 KiB for as long as the connection is theirs, a plain connection 3 KiB. The server sees the connection close. It no longer
 * counts it, and no longer ends it when it stops. Node has no public way for this; `test/http/server/take-connection.test.ts` holds
 * that the way here works with the pinned version.
 * @param outgoing nothing of it may have been sent
 * @returns the connection, on which the caller writes the whole answer; undefined if it cannot be taken, as when an earlier request on
 * it is still being answered
 */
export function takeConnection(outgoing: ServerResponse): Socket | undefined {
  const { socket } = outgoing;
  // A connection of another class, as that of TLS, does more than its handle knows.
  if (socket === null || socket.constructor !== Socket || outgoing.headersSent) return undefined;
  if (socket.destroyed || socket.writableLength > 0 || socket.readableEnded) return undefined;
  const held = socket as unknown as WithHandle;
  const handle = held[handleKey];
  if (handle === null) return undefined;
  held[handleKey] = null;
  socket.destroy();
  const taken = new Socket({ handle } as ConstructorParameters<typeof Socket>[0]);
  // A client that is gone. The end follows as `close`.
  taken.on('error', () => {});
  // One request was the last of its connection: what is sent after it is answered by the end.
  taken.on('data', () => taken.destroy());
  return taken;
}
