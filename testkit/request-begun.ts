import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const started = 'http.server.request.start';

/** Settles when a server of this process has read the head of the next request at this port. Call it before the request is sent. */
export function requestBegun(port: number): Promise<void> {
  return new Promise((resolve) => {
    const hear = (message: unknown) => {
      if ((message as { readonly socket: Socket }).socket.localPort !== port) return;
      unsubscribe(started, hear);
      resolve();
    };
    subscribe(started, hear);
  });
}
