import type { AddressInfo, Server } from 'node:net';

/** A message that a server of the outside world accepted. */
export type Arrival = { readonly recipient: string; readonly atMs: number };
export type SinkReport = { readonly port: number } | { readonly arrivals: readonly Arrival[]; readonly bytes: number };

/**
 * Serves on loopback until the parent is gone. Tells the parent the port, and then, whenever it asks, the arrivals since it last asked.
 * @returns the function that notes an accepted message
 */
export function serveSink(server: Server): (recipient: string, bytes: number) => void {
  let arrivals: Arrival[] = [];
  let bytes = 0;
  const tell = (report: SinkReport) => process.send?.(report);
  server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }));
  process.on('message', () => {
    tell({ arrivals, bytes });
    arrivals = [];
    bytes = 0;
  });
  process.once('disconnect', () => process.exit());
  return (recipient, length) => {
    bytes += length;
    arrivals.push({ recipient, atMs: performance.timeOrigin + performance.now() });
  };
}
