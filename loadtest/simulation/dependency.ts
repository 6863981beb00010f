import type { World } from './world.ts';

/** Something that is called and answers later. It has no limit of its own, as a database or a gateway. */
export type Dependency = {
  call(answer: () => void): void;
  /** How many times slower than at the start. */
  slowness: number;
};

/** Spread of a service time around its mean; 0 is constant. */
export type Spread = { readonly meanMs: number; readonly sigma: number };

/** `slots` calls at once, the others wait in order: a pool of connections, or a machine with this many cores. */
export function createServer(world: World, options: { slots: number; service: Spread }): Dependency {
  const waiting: (() => void)[] = [];
  let first = 0;
  let busy = 0;
  const start = (answer: () => void): void => {
    busy += 1;
    world.after(drawTime(world, options.service) * server.slowness, () => {
      busy -= 1;
      const next = waiting[first];
      if (next === undefined) {
        waiting.length = 0;
        first = 0;
      } else {
        waiting[first] = idle;
        first += 1;
        start(next);
      }
      answer();
    });
  };
  const server: Dependency = {
    slowness: 1,
    call: (answer) => {
      if (busy < options.slots) start(answer);
      else waiting.push(answer);
    },
  };
  return server;
}

const idle = (): void => {};

/** Calls that arrive while a batch is written go into the next one together: the lane of a group commit. */
export function createLane(world: World, options: { batchMax: number; flush: Spread; perItemMs: number }): Dependency {
  const waiting: (() => void)[] = [];
  let writing = false;
  const write = (): void => {
    const batch = waiting.splice(0, options.batchMax);
    writing = batch.length > 0;
    if (!writing) return;
    const time = (drawTime(world, options.flush) + options.perItemMs * batch.length) * lane.slowness;
    world.after(time, () => {
      write();
      for (const answer of batch) answer();
    });
  };
  const lane: Dependency = {
    slowness: 1,
    call: (answer) => {
      waiting.push(answer);
      if (!writing) {
        writing = true;
        world.after(0, write);
      }
    },
  };
  return lane;
}

/** Log-normal, with the given mean. */
function drawTime(world: World, { meanMs, sigma }: Spread): number {
  if (sigma === 0) return meanMs;
  const normal = Math.sqrt(-2 * Math.log(1 - world.random())) * Math.cos(2 * Math.PI * world.random());
  return meanMs * Math.exp(sigma * normal - (sigma * sigma) / 2);
}
