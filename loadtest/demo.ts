import { randomUUID } from 'node:crypto';
import { browse } from './demo/browse.ts';
import { checkIn } from './demo/check-in.ts';
import { type Story, StoryFault } from './demo/http.ts';
import { pay } from './demo/pay.ts';
import { place } from './demo/place.ts';
import { receive } from './demo/receive.ts';
import { stackEnvironment } from './running-stack.ts';

/**
 * `npm run demo`: the whole way from the event page to the door, against the running stack (`npm start`), over HTTP only.
 * It prints each step with its time and stops at the first thing that is not as promised. `DEMO_API` and `DEMO_SANDBOX`
 * choose another stack than the one that runs from this folder.
 */
const stack = stackEnvironment();
const api = process.env['DEMO_API'] ?? stack['API_URL'];
const sandbox = process.env['DEMO_SANDBOX'] ?? stack['SANDBOX_URL'];
if (api === undefined || sandbox === undefined) {
  process.stderr.write('antre does not run from this folder. Start it with npm start in another terminal first.\n');
  process.exit(1);
}

const story: Story = {
  api,
  sandbox,
  slug: 'senja-di-selatan',
  run: randomUUID().slice(0, 8),
};

let told = 0;
async function step<T>(sentence: string, act: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    const result = await act();
    told += 1;
    process.stdout.write(
      `${String(told).padStart(2)}. ok  ${sentence.padEnd(76)} ${(performance.now() - started).toFixed(0).padStart(6)} ms\n`,
    );
    return result;
  } catch (error) {
    process.stdout.write(`${String(told + 1).padStart(2)}. NO  ${sentence}\n`);
    throw error;
  }
}

try {
  process.stdout.write(`The story of one ticket, on ${story.api}\n\n`);
  const event = await browse(story, step);
  const order = await place(story, step, event);
  await pay(story, step, order);
  const tickets = await receive(story, step, order);
  await checkIn(story, step, { event, ticket: tickets[0] });
  process.stdout.write(`\nAll ${told} steps are as promised. The inbox: ${story.sandbox}\n`);
} catch (error) {
  const sentence = error instanceof StoryFault ? error.message : String(error);
  const hint = /ECONNREFUSED|fetch failed/.test(sentence) ? ' (is the stack running? npm start)' : '';
  process.stdout.write(`\nNot as promised: ${sentence}${hint}\n`);
  process.exitCode = 1;
}
