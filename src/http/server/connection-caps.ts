import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { counter } from '../../platform/metrics.ts';
import { parseAddress } from './client-address.ts';
import { addressOfPeer, networkOf, widerNetworkOf } from './client-network.ts';
import { createIsTrusted } from './trusted-proxies.ts';

/** A whole campus behind one address opens fewer. A flood from one network takes no connections from others. */
const connectionsPerNetworkMax = 2000;

const refused = counter(
  'http_connections_refused_total',
  'Connections closed at once because their network has too many',
);

/** The networks of one IPv6 /48 together. */
const widerFactor = 4;

/**
 * Closes a new connection if its network (IPv4 /24, IPv6 /64) has too many open, or its IPv6 /48 four times as many.
 * Trusted proxies carry everybody's requests and are exempt; they have their own cap per client.
 */
export function capConnections(
  server: Server,
  trustedProxies: readonly string[],
  max = connectionsPerNetworkMax,
): void {
  const isTrusted = createIsTrusted(trustedProxies);
  const open = new Map<string, number>();
  const leave = (network: string) => {
    const left = (open.get(network) ?? 1) - 1;
    if (left === 0) open.delete(network);
    else open.set(network, left);
  };
  server.on('connection', (socket: Socket) => {
    const peer = addressOfPeer(socket);
    const address = parseAddress(peer);
    if (address !== undefined && isTrusted(address)) return;
    const network = networkOf(peer);
    const wider = widerNetworkOf(network);
    const others = open.get(network) ?? 0;
    const othersAround = wider === undefined ? 0 : (open.get(wider) ?? 0);
    if (others >= max || othersAround >= max * widerFactor) {
      refused.inc();
      socket.destroy();
      return;
    }
    open.set(network, others + 1);
    if (wider !== undefined) open.set(wider, othersAround + 1);
    socket.once('close', () => {
      leave(network);
      if (wider !== undefined) leave(wider);
    });
  });
}
