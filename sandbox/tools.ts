import type { Journal } from './journal.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Settings } from './settings.ts';

/** The dependencies of every part of the sandbox. */
export type Tools = Readonly<{
  now: () => number;
  random: Random;
  scheduler: Scheduler;
  settings: Settings;
  journal: Journal;
}>;
