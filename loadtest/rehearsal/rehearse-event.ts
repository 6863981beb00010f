import { cpus } from 'node:os';
import { invariants } from '../../src/invariants.ts';
import { type Db, openDb } from '../../src/platform/database/db.ts';
import { compareWithSandbox } from '../../testkit/payments/compare-with-sandbox.ts';
import { endOnSignal, isInterrupted } from '../bench/harness/interruption.ts';
import { say } from '../bench/harness/stack.ts';
import { aloneAt, costOfClasses } from '../bench/surge/cost-of-classes.ts';
import { ladder, missedBy } from '../bench/surge/ladder.ts';
import { type SentClass, mix } from '../bench/surge/mix.ts';
import { type Stage, runStep } from '../bench/surge/step.ts';
import { at, listOf, request } from '../demo/http.ts';
import { coresFor, demandOfMix, demandOfWaiting } from '../sizing/size-machines.ts';
import { createBuyers, payersPattern } from './buyers.ts';
import { followCallbacks } from './callbacks.ts';
import { type Copy, type RehearsedEvent, copyEvent, endCopy, findEvent, placesOf } from './copy-event.ts';
import { type RehearsalStack, findStack } from './find-stack.ts';
import { watchFigures } from './figures.ts';
import { limitedBy, machineOf } from './limited-by.ts';
import { localStage } from './local-stage.ts';
import { type RehearsalOptions, RehearsalRefused } from './options.ts';
import { type Organizer, signIn } from './organizer.ts';
import { expectedPeak, peopleFor, ratesFor, requestsPerVisit } from './people.ts';
import { type Played, playOpening } from './play-opening.ts';
import { type RoomPlan, findRoom, planRoom } from './room-opening.ts';
import { type Rehearsal, type TriedRate, heldRate } from './verdict.ts';

/** Buyers pay so soon after they have ordered. */
const payAfterMs = 500;
const othersMax = 8;
const warmUp = { seconds: 3, perSecond: 100 } as const;
/** Fewer people are no opening. */
const peopleMin = 10;
const lowerTriesMax = 4;
/** Of the rates of the bench: with fewer requests the clock of the processors is too coarse. */
const aloneShareMin = 0.1;
const shownPerInvariant = 3;
const deadlineMs = 5000;

/** What came of it, and what each second of the opening looked like. */
export type Rehearsed = { readonly rehearsal: Omit<Rehearsal, 'chart'>; readonly played: Played | undefined };

type World = {
  readonly options: RehearsalOptions;
  readonly stack: RehearsalStack;
  readonly organizer: Organizer;
  readonly event: RehearsedEvent;
  readonly room: RoomPlan | undefined;
  readonly db: Db;
  readonly run: string;
  readonly onCreated: (copy: Pick<Copy, 'id' | 'slug'>) => void;
};

/**
 * Rehearses the sale of an event on copies of it, and ends the copies, also after Ctrl-C.
 * @throws RehearsalRefused before anything was done
 */
export async function rehearseEvent(options: RehearsalOptions): Promise<Rehearsed> {
  const stack = findStack();
  await requireSandbox(stack);
  const organizer = await signIn(stack.url, process.env['REHEARSAL_TOKEN']);
  const event = await findEvent(organizer, options.event);
  const places = await placesOf(organizer, event);
  const room = await findRoom(organizer, event.id);
  const copies: Pick<Copy, 'id' | 'slug'>[] = [];
  const open = openDb({
    url: stack.databaseUrl,
    name: 'rehearsal',
    poolSize: 2,
    acquireTimeoutMs: 30_000,
    callTimeoutMs: 120_000,
    prepare: false,
  });
  let clearing: Promise<string[]> | undefined;
  const endAll = async () => {
    const ended: string[] = [];
    for (const copy of copies)
      ended.push(await endCopy(organizer, copy).catch((error: unknown) => leftOver(copy, error)));
    for (const one of ended) say(one);
    await Promise.allSettled([organizer.signOut(), open.close()]);
    return ended;
  };
  // Ctrl-C may come while the copies are being ended.
  const clearUp = () => (clearing ??= endAll());
  const forget = endOnSignal(async () => void (await clearUp()));
  const world: World = {
    options,
    stack,
    organizer,
    event,
    room,
    db: open.db,
    run: Date.now().toString(36),
    onCreated: (copy) => copies.push(copy),
  };
  try {
    const found = await playAll(world, places);
    const auditFaults = await audit(open.db, stack);
    return { ...found, rehearsal: { ...found.rehearsal, auditFaults, ended: await clearUp() } };
  } finally {
    await clearUp();
    if (!isInterrupted()) forget();
  }
}

function leftOver({ slug }: Pick<Copy, 'slug'>, error: unknown): string {
  return `${slug} could not be ended (${error instanceof Error ? error.message : String(error)}): call it off at the desk`;
}

/** Everything but what is known at the end. */
async function playAll(world: World, places: number) {
  const { options, stack, organizer, room } = world;
  const callbacks = await followCallbacks(stack.sandboxUrl);
  try {
    await letBuyersPay(world);
    const buyers = createBuyers({ run: world.run, doorToken: organizer.token, port: stack.port });
    const { forRates, forOpening, forJoins } = await makeCopies(world);
    const otherSlugs = await othersOf(stack, [forOpening.slug]);
    const deps = { stack, db: world.db, buyers, callbacks, roomSlug: forJoins?.slug };
    const stage = localStage({ ...deps, otherSlugs }, forRates);
    say('free tickets for the door');
    await buyers.fillDoor(forRates, () => stage.untilSettled());
    await runStep(stage, warmUp, { offered: warmUp.perSecond });
    const peak = expectedPeak(options.people, room);
    say(`${options.people} people make up to ${peak} requests a second`);
    const rates = await tryRates(world, stage, peak);
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
    machine: {
      cpu: all[0]?.model ?? 'unknown',
      cores: all.length,
      apiProcesses: stack.apiProcesses,
      hasEdge: stack.hasEdge,
    },
    room,
  };
}

async function requireSandbox({ sandboxUrl }: RehearsalStack): Promise<void> {
  const reply = await fetch(`${sandboxUrl}/healthz`, { signal: AbortSignal.timeout(deadlineMs) }).catch(
    () => undefined,
  );
  await reply?.body?.cancel();
  if (reply?.ok !== true)
    throw new RehearsalRefused(`The sandbox does not answer at ${sandboxUrl}. Start it with npm start.`);
}

async function letBuyersPay({ stack, run }: World): Promise<void> {
  const rule = { match: { customerEmail: payersPattern(run) }, autoPay: { afterMs: payAfterMs, method: 'qris' } };
  const { status } = await request(`${stack.sandboxUrl}/control/scenarios`, { method: 'POST', body: rule });
  if (status !== 201) throw new Error(`the sandbox answered ${status} to the rule of those who pay`);
}

/** One copy that no rate sells out, one with the places of the event, and for an event with a room one that people join. */
async function makeCopies({ organizer, event, room, run, onCreated }: World) {
  const make = (name: string, endless: boolean) =>
    copyEvent(organizer, event, { slug: `rehearsal-${run}-${name}`, endless, withGuests: name === 'rates', onCreated });
  say(`copying ${event.slug}`);
  const forRates = await make('rates', true);
  const forOpening = await make('opening', false);
  if (room === undefined) return { forRates, forOpening, forJoins: undefined };
  const forJoins = await make('room', true);
  await planRoom(organizer, forJoins, { ...room, stays: true });
  return { forRates, forOpening, forJoins };
}

async function othersOf(stack: RehearsalStack, copies: readonly string[]): Promise<string[]> {
  const { body } = await request(`${stack.url}/v1/events`);
  const listed = listOf(body).map((event) => String(at(event, 'slug')));
  return [...copies, ...listed.filter((slug) => !slug.startsWith('rehearsal-')).slice(0, othersMax)];
}

/** Up the rates, until two in a row are not held: one alone may be an accident. If none is held, down from the lowest. */
async function tryRates({ options, stack }: World, stage: Stage, peak: number): Promise<TriedRate[]> {
  const tryRate = async (offered: number): Promise<TriedRate> => {
    const watched = await watchFigures(stack.operationsPorts);
    const step = await runStep(stage, options, { offered });
    return { step, missed: missedBy(step), limits: limitedBy(step, await watched(), machineOf(stack)) };
  };
  const rates: TriedRate[] = [];
  const all = ratesFor(peak, ladder);
  for (const offered of all) {
    rates.push(await tryRate(offered));
    if (rates.slice(-2).filter(({ missed }) => missed.length > 0).length === 2) break;
  }
  for (let tries = 1, offered = all[0] ?? 1; heldRate(rates) === 0 && tries <= lowerTriesMax; tries += 1) {
    offered = Math.max(1, Math.round(offered / 2));
    rates.unshift(await tryRate(offered));
  }
  return rates;
}

/** What all the people need, from what a request of each class costs here. */
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
