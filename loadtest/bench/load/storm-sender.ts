import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { networkAddress } from './order-requests.ts';
import type { StormTask } from './storm.ts';

/** The pause between an answer and the next request, so that the service is measured and not the client. */
const pauseMs = 100;

const answers: Record<string, number> = {};
let isRunning = true;

async function press({ port, requests }: StormTask): Promise<void> {
  while (isRunning) {
    const request = requests[randomInt(requests.length)];
    if (request === undefined) throw new Error('a storm needs a request');
    const headers = { ...request.headers, 'x-forwarded-for': networkAddress(randomInt(65_536)) };
    const status = await fetch(`http://127.0.0.1:${port}${request.path}`, { ...request, headers })
      .then(async (answer) => (await answer.arrayBuffer(), answer.status))
      .catch(() => 'lost');
    answers[status] = (answers[status] ?? 0) + 1;
    await pause(pauseMs);
  }
}

let pressing: Promise<unknown> = Promise.resolve();
process.on('disconnect', () => process.exit());
process.on('message', (message: StormTask | 'stop') => {
  if (message !== 'stop') {
    pressing = Promise.all(Array.from({ length: message.atOnce }, () => press(message)));
    return;
  }
  isRunning = false;
  void pressing.then(() => process.send?.(answers));
});
