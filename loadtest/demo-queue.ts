import { randomUUID } from 'node:crypto';
import { auditDraw } from './audit-draw/audit-draw.ts';
import { type Story, expectThat } from './demo/http.ts';
import { drawPlaces } from './demo/room-draw.ts';
import { joinRoom } from './demo/room-join.ts';
import { endDemoRoom, planDemoRoom } from './demo/room-plan.ts';
import { callPlaces, orderWithPasses } from './demo/room-sale.ts';
import { storyPlaces, tell } from './demo/tell.ts';
import { takeNoArguments } from '../deploy/local/no-arguments.ts';

/**
 * `npm run demo:queue`: a sale through a waiting room, from the draw's commitment to the last order, against the running
 * stack and only over HTTP. It takes a minute, the least that a room may give its buyers and its draw.
 */
takeNoArguments(
  'demo:queue',
  'Plays a sale through a waiting room, against the running stack. DEMO_API and DEMO_SANDBOX choose another one.',
);

const run = randomUUID().slice(0, 8);
const story: Story = { ...storyPlaces(), slug: `antre-demo-${run}`, run };

await tell(
  `The story of one waiting room, on ${story.api}/events/${story.slug}/queue`,
  'Look again for yourself: npm run audit:draw -- ' + story.slug,
  async (step) => {
    const room = await planDemoRoom(story, step);
    const places = await joinRoom(story, step, room);
    const drawn = await drawPlaces(story, step, places);
    const passes = await callPlaces(story, step, drawn);
    await orderWithPasses(story, step, { room, passes });
    await step('npm run audit:draw confirms every step of the draw', async () => {
      const { verdicts } = await auditDraw(
        { slug: story.slug, url: story.api, place: undefined, notesFile: undefined },
        () => undefined,
      );
      const faults = verdicts.filter(({ is }) => is === 'WRONG' || is === 'open');
      expectThat(faults.length === 0, faults.map(({ what, detail }) => `${what}: ${detail}`).join('; '));
    });
    await endDemoRoom(story, step, room);
  },
);
