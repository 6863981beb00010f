import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { chooseAccount } from '../../../deploy/local/host/account.ts';
import { reachableFolder } from '../../../deploy/local/host/reachable-folder.ts';
import type { SaleDrill, Scene } from '../sale/sale-drill.ts';
import { killAndStart } from './processes.ts';
import { jobsHeld, queueStallMaxSeconds, withMailsPutOff } from './redis-drills.ts';

const kills = 3;
/** At this kill its files are lost, too: Redis starts empty. */
const emptiedAt = 2;
const deadForMs = 2000;
const lost = 'jobs that lay in the queue when its files were lost';

/** Kills the queue three times, each at a random moment. Once its files are gone when it starts again. */
async function killQueueThrice(scene: Scene): Promise<void> {
  const { world, strikes, wait, random, seconds } = scene;
  strikes.expect(lost);
  const apartMs = (seconds * 1000) / (kills + 1);
  const files = join(reachableFolder(world.folder, chooseAccount()), 'redis-queue', 'appendonlydir');
  for (let number = 1; number <= kills; number += 1) {
    if (!(await wait(apartMs * (0.5 + random() / 2)))) return;
    if (number !== emptiedAt) {
      await killAndStart(scene, 'redis-queue', deadForMs);
      continue;
    }
    strikes.count(lost, await jobsHeld(scene));
    await killAndStart(scene, 'redis-queue', deadForMs, () => rmSync(files, { recursive: true }));
  }
}

/** What the drill that kills the queue has beyond those that kill other parts. */
export const queueKilled = {
  ...withMailsPutOff,
  fault: `redis-queue: kill -9 of all its processes, three times, each time dead for ${deadForMs / 1000} s; the second time its files are lost, too`,
  proof: 'Another process id after each kill. Jobs lay in the queue when it lost its files.',
  stallMaxSeconds: queueStallMaxSeconds,
  strike: killQueueThrice,
} satisfies Partial<SaleDrill>;
