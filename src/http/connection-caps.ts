import type { Server } from 'node:http';
import { type Socket, isIPv6 } from 'node:net';
import { counter } from '../platform/metrics.ts';
import { networkOf, toBlockList, unmapped } from './client-network.ts';

/** A whole campus behind one address opens fewer; a flood from one network keeps no place from others. */
const connectionsPerNetworkMax = 2000;

const refused = counter('http_connections_refused_total', 'Connections closed at once: their network has too many');

/**
 * Closes a connection at once when its network (IPv4 /24, IPv6 /64) has too many open. Trusted proxies carry everybody's
 * requests and are exempt; they have a cap of their own for each client.
 */
export function capConnections(
  server: Server,
  trustedProxies: readonly string[],
  max = connectionsPerNetworkMax,
): void {
  const trusted = toBlockList(trustedProxies);
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = unmapped(socket.remoteAddress ?? '');
    if (address === '' || trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return;
    const network = networkOf(address);
    const others = open.get(network) ?? 0;
    if (others >= max) {
      refused.inc();
      socket.destroy();
      return;
    }
    open.set(network, others + 1);
    socket.once('close', () => {
      const left = (open.get(network) ?? 1) - 1;
      if (left === 0) open.delete(network);
      else open.set(network, left);
    });
  });
}
