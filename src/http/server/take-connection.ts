import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';

const handleKey = '_handle';
type WithHandle = { [handleKey]: object | null };

/**
 * Takes a connection away from the HTTP server, for an answer that stays open for minutes. Node's parser, request and
 * answer hold 12 KiB as long as the connection is theirs; a plain connection takes 3 KiB. The server sees the
 * connection close. It no longer counts it, and does not end it when it stops. Node has no public way to do this;
 * `test/http/server/take-connection.test.ts` checks that this way works with the pinned version.
 * @param outgoing nothing of it may have been sent
 * @returns the connection, on which the caller writes the whole answer; undefined if it cannot be taken, for example
 * while an earlier request on it is still being answered
 */
export function takeConnection(outgoing: ServerResponse): Socket | undefined {
  const { socket } = outgoing;
  // Connections of other classes, such as TLS, do more than their handles know.
  if (socket === null || socket.constructor !== Socket || outgoing.headersSent) return undefined;
  if (socket.destroyed || socket.writableLength > 0 || socket.readableEnded) return undefined;
  const held = socket as unknown as WithHandle;
  const handle = held[handleKey];
  if (handle === null) return undefined;
  held[handleKey] = null;
  socket.destroy();
  const taken = new Socket({ handle } as ConstructorParameters<typeof Socket>[0]);
  // The client is gone. The end follows as `close`.
  taken.on('error', () => {});
  // This request was the last of its connection. Bytes that follow it are answered by closing.
  taken.on('data', () => taken.destroy());
  return taken;
}
