import { execFile } from 'node:child_process';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { cutLongTurns } from '../../../src/http/server/cut-long-turns.ts';

/**
 * Guards that timers and deferred work get their turn during a flood on more than a thousand connections. Counted in
 * requests between two turns, not in time: the control shows how many libuv reads in one piece if nothing stops it.
 */

const connections = 1500;
const seconds = 2;
/** Busy for about as long as a refusal. */
const workPerRequest = 2000;
/** Requests in one turn that show that nothing ends it. */
const longTurn = 4 * 1024;
const floodsMax = 5;

const flood = `
  const { closedLoop } = await import(new URL('loadtest/generator/closed-loop.ts', 'file://${process.cwd()}/').href);
  const result = await closedLoop({
    to: Number(process.argv[1]), connections: ${connections}, warmupSeconds: 0, seconds: ${seconds},
    next: () => 'GET / HTTP/1.1\\r\\nhost: localhost\\r\\n\\r\\n', counts: () => true,
  });
  console.log(JSON.stringify(result.statuses));
  process.exit(0);
`;

async function mostRequestsInOneTurn(prepare: (server: Server) => void) {
  let inTurn = 0;
  let most = 0;
  let hash = 0;
  const server = createServer((_request, response) => {
    inTurn += 1;
    for (let step = 0; step < workPerRequest; step += 1) hash = (hash * 31 + step) | 0;
    response.end(String(hash));
  });
  prepare(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
  let isOver = false;
  const turn = (): void => {
    most = Math.max(most, inTurn);
    inTurn = 0;
    if (!isOver) setImmediate(turn);
  };
  turn();
  const port = String((server.address() as AddressInfo).port);
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', flood, port]);
  isOver = true;
  server.closeAllConnections();
  server.close();
  return { most, statuses: JSON.parse(stdout) as Record<string, number> };
}

test('a flood is read in pieces, and every client is answered', async () => {
  const kept = await mostRequestsInOneTurn(cutLongTurns);
  let free = await mostRequestsInOneTurn(() => {});
  // On a busy machine the flood may come too slowly to fill a turn. Then the control floods again.
  for (let floods = 1; floods < floodsMax && free.most <= Math.max(longTurn, 2 * kept.most); floods += 1)
    free = await mostRequestsInOneTurn(() => {});
  expect(Object.keys(kept.statuses)).toEqual(['200']);
  expect(free.most).toBeGreaterThan(longTurn);
  expect(kept.most).toBeLessThan(free.most / 2);
});
