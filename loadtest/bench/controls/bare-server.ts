import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The control of the reads bench: plain `node:http`, sending one prepared answer. */
process.once('disconnect', () => process.exit());
process.once('message', (message: { status: number; headers: string; body: string }) => {
  const body = Buffer.from(message.body, 'base64');
  const kept = message.headers
    .split('\r\n')
    .slice(1)
    .map((line): [string, string] => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)];
    })
    .filter(([name]) => !['connection', 'keep-alive', 'date', 'transfer-encoding'].includes(name.toLowerCase()));
  const headers = Object.fromEntries(kept);
  const server = createServer((_request, response) => {
    response.writeHead(message.status, headers);
    response.end(body);
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
});
