import { music } from './music.ts';
import type { DemoEvent } from './programme-types.ts';
import { queued } from './queued.ts';
import { stageAndSport } from './stage-and-sport.ts';

/** All events of the demo organiser. */
export const programme: readonly DemoEvent[] = [...music, ...stageAndSport, ...queued];
