import { cpus } from 'node:os';
import { say } from '../bench/harness/stack.ts';
import { type Step, runStep } from '../bench/surge/step.ts';
import { createBuyers } from './stages/buyers.ts';
import { type FollowedCallbacks, followCallbacks } from './stages/callbacks.ts';
import { type Copies, withCopies } from './copies/copies.ts';
import { type RehearsedEvent, copyEvent, findEvent, placesOf } from './copies/copy-event.ts';
import type { WatchLimits } from './verdict/limited-by.ts';
import { type RehearsalOptions, RehearsalRefused } from './options.ts';
import { type Organizer, neededScopes, signIn } from './copies/organizer.ts';
import { expectedPeak, peopleFor } from './opening/people.ts';
import { playOpening } from './opening/play-opening.ts';
import type { Rehearsed } from './rehearse-event.ts';
import { letBuyersPay, othersOf, peopleMin, requireSandbox, warmUp } from './stages/prepare.ts';
import { type RoomPlan, findRoom } from './opening/room-opening.ts';
import { requireStagingCopy } from './copies/staging-copy.ts';
import { stagingStage, untilPaid } from './stages/staging-stage.ts';
import { tryRates } from './verdict/try-rates.ts';
import { heldRate } from './verdict/verdict.ts';

const generatorBusyShare = 0.85;

type World = {
  readonly options: RehearsalOptions;
  readonly address: URL;
  readonly organizer: Organizer;
  readonly event: RehearsedEvent;
  readonly room: RoomPlan | undefined;
  readonly run: string;
};

/**
 * Rehearses the sale of an event on copies of it at a deployment that is declared as a copy for rehearsals, and ends
 * the copies, also after Ctrl-C.
 * @throws RehearsalRefused before any load was sent
 */
export async function rehearseStaging(options: RehearsalOptions, address: URL): Promise<Rehearsed> {
  await requireStagingCopy(address);
  const key = process.env['REHEARSAL_TOKEN'];
  if (key === undefined || key === '')
    throw new RehearsalRefused(
      `--against needs REHEARSAL_TOKEN: an API key of the organiser at the staging copy, with the role of a manager and the scopes ${neededScopes.join(', ')}.`,
    );
  if (options.sandbox !== undefined) await requireSandbox(options.sandbox.origin);
  const organizer = await signIn(address.origin, key);
  const event = await findEvent(organizer, options.event);
  const places = await placesOf(organizer, event);
  const room = await findRoom(organizer, event.id);
  const world: World = { options, address, organizer, event, room, run: Date.now().toString(36) };
  const callbacks = options.sandbox === undefined ? undefined : await followCallbacks(options.sandbox.origin);
  const stop = async () => callbacks?.stop();
  return withCopies(organizer, stop, (copies) => play(world, { copies, places, callbacks }));
}

async function play(
  world: World,
  { copies, places, callbacks }: { copies: Copies; places: number; callbacks: FollowedCallbacks | undefined },
): Promise<Rehearsed> {
  const { options, address, organizer, event, room, run } = world;
  if (options.sandbox !== undefined) await letBuyersPay(options.sandbox.origin, run);
  const buyers = createBuyers({ run, doorToken: organizer.token, to: address });
  const copy = (name: string, endless: boolean) => {
    const given = { slug: `rehearsal-${run}-${name}`, endless, withGuests: endless, onCreated: copies.add };
    return copyEvent(organizer, event, given);
  };
  say(`copying ${event.slug}`);
  const forRates = await copy('rates', true);
  const forOpening = await copy('opening', false);
  const otherSlugs = await othersOf(address.origin, []);
  const deps = { address, organizer, buyers, callbacks };
  const stage = stagingStage({ ...deps, otherSlugs: [forOpening.slug, ...otherSlugs] }, forRates);
  const watchLimits = limitsFromOutside(address);
  say('free tickets for the door');
  await buyers.fillDoor(forRates, () => untilPaid(organizer, forRates));
  await runStep(stage, warmUp, { offered: warmUp.perSecond });
  const peak = expectedPeak(options.people, room);
  say(`${options.people} people make up to ${peak} requests a second`);
  const rates = await tryRates(stage, { seconds: options.seconds, peak, watchLimits });
  const held = heldRate(rates);
  const people = room === undefined ? Math.min(options.people, peopleFor(held, room)) : 0;
  const openingStage = stagingStage({ ...deps, otherSlugs: [forRates.slug, ...otherSlugs] }, forOpening);
  const played =
    people < peopleMin
      ? undefined
      : await playOpening(
          { options, organizer, buyers, stage: openingStage, watchLimits, room: undefined },
          { copy: forOpening, people, places },
        );
  const rehearsal = {
    event: { name: event.name, slug: event.slug },
    people: options.people,
    at: new Date().toISOString(),
    place: { address: address.origin, generatorCores: cpus().length, isPaid: callbacks !== undefined },
    room,
    peak,
    rates,
    cores: undefined,
    opening: played?.opening,
    auditFaults: undefined,
    ended: await copies.end(),
  };
  return { rehearsal, played };
}

/**
 * The results, from the answers and this machine. Before each load the deployment is asked again whether load is
 * welcome.
 */
function limitsFromOutside(address: URL): WatchLimits {
  return async () => {
    await requireStagingCopy(address);
    return async ({ classes, cores }: Step) => {
      const answers: Record<string, number> = {};
      for (const { statuses } of Object.values(classes))
        for (const [status, count] of Object.entries(statuses)) answers[status] = (answers[status] ?? 0) + count;
      const generator = cores['load generator'] ?? 0;
      return [
        ...(answers['429'] === undefined
          ? []
          : [
              `limits (${answers['429']} answers of 429); does the copy trust this machine as a proxy, so that it believes in many networks?`,
            ]),
        ...(answers['503'] === undefined ? [] : [`shedding or an outage (${answers['503']} answers of 503)`]),
        ...(answers['lost'] === undefined ? [] : [`connections (${answers['lost']} requests without an answer)`]),
        ...(generator > generatorBusyShare ? [`the load generator itself (${generator.toFixed(1)} cores)`] : []),
      ];
    };
  };
}
