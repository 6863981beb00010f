import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Arrival, SinkReport } from './mail-sink.ts';

/**
 * The Cloud API of WhatsApp as far as a bench needs it: it accepts every message and keeps only arrival times, so that it never limits
 * the sender. It runs in a process of its own, and answers a message with the arrivals since the previous one.
 */

let arrivals: Arrival[] = [];
let bytes = 0;
let accepted = 0;

const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const body = Buffer.concat(chunks);
    const { to } = JSON.parse(body.toString()) as { to: string };
    bytes += body.length;
    accepted += 1;
    arrivals.push({ recipient: to, atMs: performance.timeOrigin + performance.now() });
    const answer = JSON.stringify({ messaging_product: 'whatsapp', messages: [{ id: `wamid.${accepted}` }] });
    outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
    outgoing.end(answer);
  });
});

const tell = (report: SinkReport) => process.send?.(report);
server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }));
process.on('message', () => {
  tell({ arrivals, bytes });
  arrivals = [];
  bytes = 0;
});
process.once('disconnect', () => process.exit());
