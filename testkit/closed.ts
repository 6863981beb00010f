import type { Socket } from 'node:net';

/**
 * Settles when a connection has closed, even by a reset: a server that cuts a client off while bytes are on their way
 * resets the connection, and `once` of `node:events` would throw then. Call it before the cut can happen.
 */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => {}).once('close', () => resolve());
  });
}
