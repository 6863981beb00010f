import { setTimeout as pause } from 'node:timers/promises';
import { type Child, type ChildSpec, launchChild, waitUntilReady } from './child.ts';
import type { Ledger } from './ledger.ts';
import { LaunchProblem } from '../launch-problem.ts';
import type { Say } from '../progress.ts';

/** One child under supervision. Stopping and starting by hand is for fault drills. */
export interface Supervised {
  readonly name: string;
  /** Its process number now; 0 while it is down. */
  pid(): number;
  stop(): Promise<void>;
  start(): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

export interface Supervisor {
  /** Starts a child, waits until it is ready, and keeps it up from then on. */
  start(spec: ChildSpec): Promise<Supervised>;
  /** Stops all children, newest first. */
  stopAll(): Promise<void>;
  /** Resolves with a sentence when a child cannot be kept running. */
  readonly failed: Promise<string>;
}

const restartsPerMinuteMax = 5;
const restartWindowMs = 60_000;
const backOffMs = [100, 500, 1000, 2000, 4000] as const;

/** @param restart whether a child that dies is started again; tests leave it dead */
export function createSupervisor(options: {
  logFolder: string;
  ledger: Ledger;
  restart: boolean;
  say: Say;
}): Supervisor {
  const children: Supervised[] = [];
  const { promise: failed, resolve: fail } = Promise.withResolvers<string>();
  let stopping = false;
  return {
    failed,
    async start(spec) {
      if (stopping) throw new LaunchProblem(`${spec.name} was not started: everything is being stopped`);
      const child = supervise(spec, options, () => stopping, fail);
      children.push(child);
      await child.start();
      return child;
    },
    async stopAll() {
      stopping = true;
      for (const child of children.toReversed()) await child.stop();
    },
  };
}

function supervise(
  spec: ChildSpec,
  { logFolder, ledger, restart, say }: { logFolder: string; ledger: Ledger; restart: boolean; say: Say },
  stopping: () => boolean,
  fail: (reason: string) => void,
): Supervised {
  let current: Child | undefined;
  let wanted = false;
  let restarts: number[] = [];

  const bringBack = async (reason: string): Promise<void> => {
    const now = performance.now();
    restarts = [...restarts.filter((at) => now - at < restartWindowMs), now];
    if (restarts.length > restartsPerMinuteMax) {
      return fail(
        `${spec.name} ended ${restarts.length} times within a minute (${reason}); its log: ${logFolder}/${spec.name}.log`,
      );
    }
    say(
      `${spec.name} ended (${reason}); starting it again, ${restarts.length} of ${restartsPerMinuteMax} in this minute`,
    );
    await pause(backOffMs[restarts.length - 1]);
    if (!wanted || stopping()) return;
    try {
      await launch();
    } catch (error) {
      await bringBack(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
    }
  };
  const launch = async () => {
    const child = launchChild(spec, logFolder, ledger);
    current = child;
    let ready = false;
    const ended = child.ended.then(async (reason) => {
      if (current === child) current = undefined;
      if (!ready || !wanted || stopping()) return;
      if (restart) await bringBack(reason);
      else say(`${spec.name} ended by itself: ${reason}`);
    });
    await waitUntilReady(child, spec, logFolder);
    ready = true;
    void ended;
  };
  return {
    name: spec.name,
    pid: () => current?.pid ?? 0,
    signal: (name) => current?.signal(name),
    async start() {
      wanted = true;
      await launch();
    },
    async stop() {
      wanted = false;
      await current?.stop();
    },
  };
}
