import { say, type BenchApi, type BenchStack } from '../harness/stack.ts';
import { type Attacks, createAttacks } from './attacks.ts';
import { runCrowd } from './crowd.ts';
import { holdPlaces } from './places.ts';
import type { QueueRoom, startScheduler } from './room.ts';
import { openSenders } from '../load/queue-senders.ts';

/** Seconds of the crowd's time since the opening. */
export const crowdSeconds = 100;
export const redisAwayAt = { from: 45, to: 55 };
export const workerAwayAt = { from: 65, to: 67 };
export const apiAnewAt = 80;

export type World = {
  readonly rateMax: number;
  readonly stack: BenchStack;
  readonly room: QueueRoom;
  readonly state: { api: BenchApi };
  readonly startApi: () => Promise<BenchApi>;
  readonly scheduler: () => ReturnType<typeof startScheduler>;
  running: ReturnType<typeof startScheduler>;
};

/** The crowd comes as it is called. Meanwhile Redis, the worker and the API are killed, and others try to get in. */
export async function meetTheCrowd(world: World) {
  const { room, state, stack, rateMax } = world;
  const port = () => state.api.port;
  const senders = openSenders(port, 16);
  const attacks: Attacks = {};
  const attack = createAttacks(room, senders, attacks);
  const held = await holdPlaces(room, senders);
  const redis = stack.services.children.get('redis-cache');
  const attempts = new Set<Promise<unknown>>();
  const inBackground = (act: Promise<unknown>) => {
    attempts.add(act);
    void act.finally(() => attempts.delete(act));
  };
  let placed = 0;
  say('the crowd comes');
  const crowd = await runCrowd(room, {
    port,
    seconds: crowdSeconds,
    onSecond: async (second) => {
      if (second === redisAwayAt.from) {
        say('Redis is killed');
        redis?.signal('SIGKILL');
        inBackground(redis?.stop() ?? Promise.resolve());
      }
      if (second === redisAwayAt.to) inBackground(redis?.start() ?? Promise.resolve());
      if (second === workerAwayAt.from) {
        say('the worker goes');
        inBackground(world.running.close());
      }
      if (second === workerAwayAt.to) world.running = world.scheduler();
      if (second === apiAnewAt) {
        say('the API starts anew');
        const former = state.api;
        inBackground(
          world.startApi().then((api) => {
            state.api = api;
            return former.stop();
          }),
        );
      }
      if (second < 3) return;
      const serving = rateMax * Math.max(1, second - 5);
      inBackground(attack.places(serving));
      inBackground(attack.orders(serving - rateMax).then((isPlaced) => (placed += isPlaced ? 1 : 0)));
    },
  });
  await Promise.all(attempts);
  const lapsed = crowd.absent.filter((position) => position < (crowd.document()?.lapsedBelow ?? 0));
  await attack.lapsed(lapsed.slice(0, 100));
  const lost = await held.lost();
  senders.close();
  say(`${placed} orders placed with a pass; ${lapsed.length} turns let pass`);
  return { crowd, attacks, lost };
}
