import { cpus } from 'node:os';
import { invariants } from '../../src/invariants.ts';
import { type Db, openDb } from '../../src/platform/database/db.ts';
import { compareWithSandbox } from '../../testkit/payments/compare-with-sandbox.ts';
import { say } from '../bench/harness/stack.ts';
import { aloneAt, costOfClasses } from '../bench/surge/cost-of-classes.ts';
import { type SentClass, mix } from '../bench/surge/mix.ts';
import { type Stage, runStep } from '../bench/surge/step.ts';
import { coresFor, demandOfMix, demandOfWaiting } from '../sizing/size-machines.ts';
import { createBuyers } from './stages/buyers.ts';
import { followCallbacks } from './stages/callbacks.ts';
import { type Copies, withCopies } from './copies/copies.ts';
import { type RehearsedEvent, copyEvent, findEvent, placesOf } from './copies/copy-event.ts';
import { type RehearsalStack, findStack } from './stages/find-stack.ts';
import { watchLimitsOf } from './verdict/limited-by.ts';
import { localStage } from './stages/local-stage.ts';
import type { RehearsalOptions } from './options.ts';
import { type Organizer, signIn } from './copies/organizer.ts';
import { expectedPeak, peopleFor, requestsPerVisit } from './opening/people.ts';
import { type Played, playOpening } from './opening/play-opening.ts';
import { letBuyersPay, othersOf, peopleMin, requireSandbox, warmUp } from './stages/prepare.ts';
import { type RoomPlan, findRoom, planRoom } from './opening/room-opening.ts';
import { tryRates } from './verdict/try-rates.ts';
import { type Rehearsal, heldRate } from './verdict/verdict.ts';

/** Of the rates of the bench: with fewer requests the processors' clock is too coarse. */
const aloneShareMin = 0.1;
const shownPerInvariant = 3;

/** Its results, and each second of the opening. */
export type Rehearsed = { readonly rehearsal: Omit<Rehearsal, 'chart'>; readonly played: Played | undefined };

type World = {
  readonly options: RehearsalOptions;
  readonly stack: RehearsalStack;
  readonly organizer: Organizer;
  readonly event: RehearsedEvent;
  readonly room: RoomPlan | undefined;
  readonly db: Db;
  readonly run: string;
  readonly copies: Copies;
};

/**
 * Rehearses the sale of an event on copies of it, and ends the copies, also after Ctrl-C.
 * @throws RehearsalRefused before anything was done
 */
export async function rehearseEvent(options: RehearsalOptions): Promise<Rehearsed> {
  const stack = findStack();
  await requireSandbox(stack.sandboxUrl);
  const organizer = await signIn(stack.url, process.env['REHEARSAL_TOKEN']);
  const event = await findEvent(organizer, options.event);
  const places = await placesOf(organizer, event);
  const room = await findRoom(organizer, event.id);
  const open = openDb({
    url: stack.databaseUrl,
    name: 'rehearsal',
    poolSize: 2,
    acquireTimeoutMs: 30_000,
    callTimeoutMs: 120_000,
    prepare: false,
  });
  const run = Date.now().toString(36);
  return withCopies(organizer, open.close, async (copies) => {
    const world = { options, stack, organizer, event, room, db: open.db, run, copies };
    const found = await playAll(world, places);
    const auditFaults = await audit(open.db, stack);
    return { ...found, rehearsal: { ...found.rehearsal, auditFaults, ended: await copies.end() } };
  });
}

/** Everything except the results. */
async function playAll(world: World, places: number) {
  const { options, stack, organizer, room } = world;
  const callbacks = await followCallbacks(stack.sandboxUrl);
  try {
    await letBuyersPay(stack.sandboxUrl, world.run);
    const buyers = createBuyers({ run: world.run, doorToken: organizer.token, to: stack.port });
    const { forRates, forOpening, forJoins } = await makeCopies(world);
    const otherSlugs = await othersOf(stack.url, [forOpening.slug]);
    const deps = { stack, db: world.db, buyers, callbacks, roomSlug: forJoins?.slug };
    const stage = localStage({ ...deps, otherSlugs }, forRates);
    say('free tickets for the door');
    await buyers.fillDoor(forRates, () => stage.untilSettled());
    await runStep(stage, warmUp, { offered: warmUp.perSecond });
    const watchLimits = watchLimitsOf(stack);
    const peak = expectedPeak(options.people, room);
    say(`${options.people} people make up to ${peak} requests a second`);
    const rates = await tryRates(stage, { seconds: options.seconds, peak, watchLimits });
    const held = heldRate(rates);
    const cores = await coresOfPeople(world, stage, held);
    const people = Math.min(options.people, peopleFor(held, room));
    const played =
      people < peopleMin
        ? undefined
        : await playOpening(
            {
              ...world,
              buyers,
              watchLimits,
              room: room === undefined ? undefined : { plan: room, stack },
              stage: localStage({ ...deps, otherSlugs: [forRates.slug, ...otherSlugs] }, forOpening),
            },
            { copy: forOpening, people, places },
          );
    return { rehearsal: { ...factsOf(world), peak, rates, cores, opening: played?.opening }, played };
  } finally {
    callbacks.stop();
  }
}

function factsOf({ options, stack, event, room }: World) {
  const all = cpus();
  return {
    event: { name: event.name, slug: event.slug },
    people: options.people,
    at: new Date().toISOString(),
    place: {
      cpu: all[0]?.model ?? 'unknown',
      cores: all.length,
      apiProcesses: stack.apiProcesses,
      hasEdge: stack.hasEdge,
    },
    room,
  };
}

/**
 * One copy that no rate sells out, one with the event's number of places, and for an event with a room one that people
 * join.
 */
async function makeCopies({ organizer, event, room, run, copies }: World) {
  const make = (name: string, endless: boolean) =>
    copyEvent(organizer, event, {
      slug: `rehearsal-${run}-${name}`,
      endless,
      withGuests: name === 'rates',
      onCreated: copies.add,
    });
  say(`copying ${event.slug}`);
  const forRates = await make('rates', true);
  const forOpening = await make('opening', false);
  if (room === undefined) return { forRates, forOpening, forJoins: undefined };
  const forJoins = await make('room', true);
  await planRoom(organizer, forJoins, { ...room, stays: true });
  return { forRates, forOpening, forJoins };
}

/** The cores that all the people need, computed from the cost of each class here. */
async function coresOfPeople({ options, room }: World, stage: Stage, held: number) {
  const rateOf = (name: SentClass) =>
    Math.round(Math.min(aloneAt[name], Math.max(aloneAt[name] * aloneShareMin, held * mix[name].share)));
  const costs = await costOfClasses(stage, options, {
    browse: rateOf('browse'),
    orders: rateOf('orders'),
    status: rateOf('status'),
    'check-ins': rateOf('check-ins'),
    joins: rateOf('joins'),
  });
  if (room === undefined) return coresFor(costs, demandOfMix(expectedPeak(options.people, room)));
  const [inside, waiting] = [demandOfMix(room.rateMax * requestsPerVisit), demandOfWaiting(options.people)];
  return coresFor(costs, {
    browse: inside.browse + waiting.browse,
    orders: inside.orders,
    status: inside.status,
    'check-ins': inside['check-ins'],
    joins: waiting.joins,
  });
}

/** Every invariant, and our ledger against the sandbox's journal. */
async function audit(db: Db, { sandboxUrl }: RehearsalStack): Promise<string[]> {
  say('auditing what was written');
  const faults: string[] = [];
  for (const invariant of invariants)
    faults.push(
      ...(await invariant.find(db)).slice(0, shownPerInvariant).map((violation) => `${invariant.name}: ${violation}`),
    );
  return [...faults, ...(await compareWithSandbox(db, sandboxUrl)).slice(0, shownPerInvariant)];
}
