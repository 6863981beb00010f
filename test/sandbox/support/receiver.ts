import { createServer } from 'node:http';

export type Received = Readonly<{ headers: NodeJS.Dict<string | string[]>; body: string; at: number }>;

/** A real HTTP receiver of callbacks: keeps the raw body and answers as the test wants. */
export async function startReceiver(
  answer: (call: number) => number | Readonly<{ status: number; location: string }> = () => 200,
): Promise<Readonly<{ url: string; received: Received[]; close: () => void }>> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8'), at: Date.now() });
      const decided = answer(received.length);
      if (typeof decided === 'number') response.writeHead(decided);
      else response.writeHead(decided.status, { location: decided.location });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/callback`,
    received,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
