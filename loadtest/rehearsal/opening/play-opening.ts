import { z } from 'zod';
import { say } from '../../bench/harness/stack.ts';
import { mix } from '../../bench/surge/mix.ts';
import { type Stage, type Step, runStep } from '../../bench/surge/step.ts';
import { type Point, createTimeline } from '../../generator/timeline.ts';
import type { Buyers } from '../stages/buyers.ts';
import type { Copy } from '../copies/copy-event.ts';
import type { RehearsalStack } from '../stages/find-stack.ts';
import type { WatchLimits } from '../verdict/limited-by.ts';
import type { RehearsalOptions } from '../options.ts';
import type { Organizer } from '../copies/organizer.ts';
import { curveOfPerson, expectedPeak, requestsPerVisit } from './people.ts';
import { type RoomPlan, fillRoom, letIn, planRoom, pollRoom } from './room-opening.ts';
import type { PlayedOpening, PlayedRoom } from '../verdict/verdict.ts';

export type OpeningDeps = {
  readonly options: RehearsalOptions;
  readonly organizer: Organizer;
  readonly buyers: Buyers;
  readonly stage: Stage;
  readonly watchLimits: WatchLimits;
  /** A room that people join before they come. */
  readonly room: RoomToPlay | undefined;
};

export type RoomToPlay = { readonly plan: RoomPlan; readonly stack: RehearsalStack };

export type Played = {
  readonly opening: PlayedOpening;
  /** Requests in each second: offered, and answered. */
  readonly offered: readonly Point[];
  readonly answered: readonly Point[];
};

type Given = { readonly copy: Copy; readonly people: number; readonly places: number };

/** The most people that join a room of the rehearsal. Joins of more take longer than a room is open for them. */
const roomPeopleMax = 20_000;
const poolSchema = z.object({ sold: z.number(), held: z.number() });
const ownClasses = ['browse', 'status', 'check-ins'] as const;

/** The first seconds of the sale, as people come to it, on the copy with the event's number of places. */
export async function playOpening(deps: OpeningDeps, given: Given): Promise<Played> {
  const { options, organizer } = deps;
  const limitsOf = await deps.watchLimits();
  const { step, people, room, offered, answered } =
    deps.room === undefined ? await playRush(deps, given) : await playRoom(deps, given, deps.room);
  const pools = z.array(poolSchema).parse(await organizer.list(`/events/${given.copy.id}/pools`));
  const opening: PlayedOpening = {
    people,
    seconds: options.opening,
    step,
    limits: await limitsOf(step),
    places: given.places,
    sold: pools.reduce((sum, { sold }) => sum + sold, 0),
    held: pools.reduce((sum, { held }) => sum + held, 0),
    room,
  };
  return { opening, offered, answered };
}

type Part = Omit<Played, 'opening'> & {
  readonly step: Step;
  readonly people: number;
  readonly room: PlayedRoom | undefined;
};

/** Everybody comes at once. */
async function playRush({ options, stage }: OpeningDeps, { people }: Given): Promise<Part> {
  const offered = expectedPeak(people, undefined);
  const curve = curveOfPerson(options.opening).map((ofPerson) => (ofPerson * people) / offered);
  const classes = stage.classes.filter((name) => name !== 'joins');
  say(`the opening: ${people} people, ${options.opening} s`);
  const counted = countSeconds();
  const step = await runStep(stage, { seconds: options.opening }, { offered, curve, classes, onAnswer: counted.add });
  const sent = classes.reduce((sum, name) => sum + mix[name].share, 0);
  return {
    step,
    people,
    room: undefined,
    offered: curve.map((share, second) => [second + 0.5, share * offered * sent]),
    answered: counted.within(options.opening),
  };
}

/** People join the room, are drawn, and come in as they are called. */
async function playRoom(deps: OpeningDeps, given: Given, { plan: room, stack }: RoomToPlay): Promise<Part> {
  const { options, organizer, buyers, stage } = deps;
  const { copy } = given;
  const people = Math.min(given.people, roomPeopleMax);
  await planRoom(organizer, copy, { ...room, stays: false });
  const { joins, line } = await fillRoom({ stack, organizer, buyers }, copy, people);
  const seconds = options.opening;
  const offered = Math.max(1, Math.round(Math.min(room.rateMax, line.length / seconds) * requestsPerVisit));
  say(`the opening: ${line.length} people wait, ${room.rateMax} a second are let in, ${seconds} s`);
  const counted = countSeconds();
  const curve = Array.from({ length: seconds }, () => 1);
  const [step, inside] = await Promise.all([
    runStep(stage, { seconds }, { offered, curve, classes: ownClasses, onAnswer: counted.add }),
    letIn({ stack, buyers }, copy, { line, rateMax: room.rateMax, seconds }),
    pollRoom(stack, copy, { people: line.length, seconds }),
  ]);
  const settled = await settle(stage);
  const sent = ownClasses.reduce((sum, name) => sum + mix[name].share, 0);
  return {
    step: { ...step, settled },
    people: line.length,
    room: { joined: line.length, joins: joins.latencies, ...inside },
    offered: curve.map((share, second) => [second + 0.5, share * offered * sent]),
    answered: counted.within(options.opening),
  };
}

/** Orders of people who were let in last may be placed after the step has settled. */
async function settle(stage: Stage): Promise<Step['settled']> {
  await stage.untilSettled();
  return stage.settledSince(new Date(0));
}

/** Counts answers by second, from the first one on. */
function countSeconds() {
  let timeline: ReturnType<typeof createTimeline> | undefined;
  return {
    add: (milliseconds: number): void => {
      timeline ??= createTimeline(1);
      timeline.add(milliseconds);
    },
    /** Without the time in which the rest was settled. */
    within: (seconds: number): readonly Point[] => timeline?.perSecond().slice(0, seconds) ?? [],
  };
}
