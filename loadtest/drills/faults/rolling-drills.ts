import { setTimeout as pause } from 'node:timers/promises';
import type { Supervised } from '../../../deploy/local/host/supervisor.ts';
import { requestBytes } from '../../generator/connection.ts';
import { openLoop } from '../../generator/open-loop.ts';
import type { Drill } from '../drill.ts';
import { type Besides, type Scene, saleDrill } from '../sale/sale-drill.ts';
import { forOneNetwork, selling, unknownOutcomeSeconds } from '../sale/selling.ts';

const orders = 4000;
const minutes = 4;
/** Reads beside each order: 100,000 requests at the full size. */
const readsPerOrder = 24;
const connections = 64;
const apart = 500;

/** Reads of everything public about the event and of pages, at a steady rate, from many kept-alive connections. */
async function readBeside({ world, sale, orders: sold, seconds }: Scene): Promise<Besides> {
  const paths = ['', '/schedule', '/ticket-categories', '/availability'].map((end) => `/v1/events/${sale.slug}${end}`);
  const requests = [...paths, '/', `/events/${sale.slug}`].map((path) => requestBytes('GET', path, {}));
  let made = 0;
  const refused = new Map<string, number>();
  const { statuses } = await openLoop({
    to: Number(new URL(world.url).port),
    connections,
    warmupSeconds: 0,
    seconds,
    offeredPerSecond: (sold * readsPerOrder) / seconds,
    next: () => requests[(made += 1) % requests.length] ?? '',
    onAnswer: ({ status, body }) => {
      if (status === 200) return;
      const said = `${status} ${/"code":"([a-z_.]+)"/.exec(body.toString())?.[1] ?? ''}`;
      refused.set(said, (refused.get(said) ?? 0) + 1);
    },
  });
  if (statuses['lost'] !== undefined) refused.set('nothing', statuses['lost']);
  return {
    faults: [...refused].map(([said, count]) => `${count} reads were answered with ${said}`),
    facts: { 'reads that were answered with 200': statuses['200'] ?? 0 },
  };
}

/** Stops one process after another as a release does, and restarts it before the next one. */
async function restartAll({ world, strikes, wait }: Scene): Promise<void> {
  while (await wait(apart)) {
    for (const child of [...world.apis, ...world.workers]) {
      if (!(await wait(apart))) return;
      await restart(child, strikes.note);
    }
  }
}

async function restart(child: Supervised, note: Scene['strikes']['note']): Promise<void> {
  const [before, atMs] = [child.pid(), Date.now()];
  await child.stop();
  while (child.pid() !== 0) await pause(10);
  await child.start();
  if (child.pid() !== before) note(`${child.name} ended, and started as another process`, atMs);
}

export const rollingDrills: Readonly<Record<string, Drill>> = {
  'rolling-restart': saleDrill({
    ...selling,
    does: `${selling.does} Through the edge, with ${readsPerOrder} public reads beside each order.`,
    fault:
      'API and worker: each of their processes, two of each kind, is stopped and started again, one after another, all the time',
    proof: 'Another process id after each restart, of each process.',
    holds: `Every request is answered with success at the first try. ${selling.holds}`,
    orders,
    minutes,
    stallMaxSeconds: unknownOutcomeSeconds,
    isSeamless: true,
    world: { apis: 2, workers: 2, edge: true, environment: forOneNetwork },
    beside: readBeside,
    strike: async (scene) => {
      for (const { name } of [...scene.world.apis, ...scene.world.workers])
        scene.strikes.expect(`${name} ended, and started as another process`);
      await restartAll(scene);
    },
    mutant: {
      without: 'a process that stops answers what it has taken',
      edits: [
        {
          file: 'src/main.ts',
          text: "log.info('stopping');",
          instead: 'process.exit(0);',
        },
      ],
    },
  }),
};
