import { createServer } from 'node:http';
import { serveSink } from './serve-sink.ts';

/**
 * The Cloud API of WhatsApp as far as a bench needs it: it accepts every message and keeps only arrival times, so that it never limits
 * the sender. It runs in a process of its own, and answers a message with the arrivals since the previous one.
 */

let accepted = 0;

const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const body = Buffer.concat(chunks);
    const { to } = JSON.parse(body.toString()) as { to: string };
    accepted += 1;
    note(to, body.length);
    const answer = JSON.stringify({ messaging_product: 'whatsapp', messages: [{ id: `wamid.${accepted}` }] });
    outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
    outgoing.end(answer);
  });
});

const note = serveSink(server);
