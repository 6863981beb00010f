import { randomUUID } from 'node:crypto';
import { browse } from './demo/browse.ts';
import { checkIn } from './demo/check-in.ts';
import type { Story } from './demo/http.ts';
import { pay } from './demo/pay.ts';
import { place } from './demo/place.ts';
import { receive } from './demo/receive.ts';
import { storyPlaces, tell } from './demo/tell.ts';
import { takeNoArguments } from '../deploy/local/no-arguments.ts';

/**
 * `npm run demo`: the whole way from the event page to the door, against the running stack (`npm start`), only over HTTP.
 * It prints each step with its time and stops at the first broken promise. `DEMO_API` and `DEMO_SANDBOX` choose another
 * stack than the one that runs from this folder.
 */
takeNoArguments(
  'demo',
  'Plays the way from the event page to the door, against the running stack. DEMO_API and DEMO_SANDBOX choose another one.',
);

const story: Story = { ...storyPlaces(), slug: 'senja-di-selatan', run: randomUUID().slice(0, 8) };

await tell(`The story of one ticket, on ${story.api}`, `The inbox: ${story.sandbox}`, async (step) => {
  const event = await browse(story, step);
  const order = await place(story, step, event);
  await pay(story, step, order);
  const tickets = await receive(story, step, order);
  await checkIn(story, step, { event, ticket: tickets[0] });
});
