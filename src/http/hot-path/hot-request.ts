import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { innerCallOf } from '../inner-call.ts';
import { addressOfPeer, socketAddress } from '../server/client-network.ts';
import { cutShort, readBytes, tooLarge } from './read-bytes.ts';

/**
 * A request as hot routes see it: plain data, without Request and Response objects, which would cost as much as the
 * work itself. The same handler serves requests that came through the router.
 */
export type HotRequest = {
  readonly method: string;
  readonly path: string;
  /** @param name in lower case */
  header(name: string): string | undefined;
  /** Of the connection; undefined for a request without one. */
  readonly remoteAddress: string | undefined;
  /**
   * Whether one of our pages makes this call for the request that it answers. That request was counted when it arrived.
   */
  readonly isInner?: boolean;
  /** @throws DomainError request.too_large */
  bytes(bytesMax: number): Promise<Buffer>;
};

/**
 * The kind of credential that a route asks for: of staff, API keys and devices, or of one order, ticket or waiting-list
 * entry.
 */
export type BearerKind = 'staff' | 'order' | 'ticket' | 'waiting';

/**
 * Whether a request carries a credential of this kind that we issued. Decided from the request alone, without a query.
 */
export type PresentsCredential = (kind: BearerKind, request: Pick<HotRequest, 'method' | 'path' | 'header'>) => boolean;

export function hotRequestOf(incoming: IncomingMessage, path: string): HotRequest {
  const { headers } = incoming;
  return {
    method: incoming.method ?? '',
    path,
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    remoteAddress: addressOfPeer(incoming.socket),
    bytes: (bytesMax) => readIncoming(incoming, bytesMax),
  };
}

export function hotRequestOfContext(c: Context): HotRequest {
  return {
    method: c.req.method,
    path: c.req.path,
    header: (name) => c.req.header(name),
    remoteAddress: socketAddress(c),
    isInner: innerCallOf(c) !== undefined,
    bytes: (bytesMax) => readBytes(c, bytesMax),
  };
}

function readIncoming(incoming: IncomingMessage, bytesMax: number): Promise<Buffer> {
  if (Number(incoming.headers['content-length'] ?? 0) > bytesMax) return Promise.reject(tooLarge(bytesMax));
  // The connection closed while a limit was checked: a destroyed stream emits nothing more.
  if (incoming.destroyed) return Promise.reject(cutShort());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > bytesMax) reject(tooLarge(bytesMax));
      else chunks.push(chunk);
    });
    incoming.once('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    incoming.once('error', () => reject(cutShort()));
  });
}
