import { eventCancelled } from '../../catalog/errors.ts';
import { type Db, readNow } from '../../platform/database/db.ts';
import { type ChangeRoomDeps, type RoomOfActor, changeRoom } from './change-room.ts';
import { rulesOf } from '../draw/order/draw-rules.ts';
import { type CommitDeps, commitDraw } from '../draw/index.ts';
import { timesFixed, timesImpossible } from '../errors.ts';
import type { RoomRow } from '../tables.ts';
import type { EventOfRoom } from './queries.ts';
import { type RoomSettings, insertRoom, updateSettings } from './settings-queries.ts';
import { type InputFault, inputFault } from '../../platform/field-faults.ts';

export type PlanDeps = ChangeRoomDeps & CommitDeps;

/** The least time for buyers to join. */
const preQueueSecondsMin = 10;
/** Time from the beacon's round (the lead after the freeze) until the room has read its draw. */
const drawSecondsMin = 10;

/**
 * Plans an event's waiting room and commits to its draw, or changes the plan. Until the pre-queue opens everything may
 * change; a draw committed to for other times then becomes void, in public. Afterwards people have been told the times
 * and lengths, so only the rate and the proof of work may change.
 * @throws DomainError event.not_found, event.cancelled, queue.times_impossible, queue.times_fixed, queue.over
 */
export async function planRoom(
  deps: PlanDeps,
  { settings, ...of }: RoomOfActor & { readonly settings: RoomSettings },
): Promise<void> {
  await changeRoom(deps, of, async (tx, event, room) => {
    if (event.status === 'cancelled') throw eventCancelled();
    const changes = differences(room, settings);
    if (Object.keys(changes).length === 0) return {};
    if (room !== undefined && room.phase !== 'closed') {
      if (Object.keys(changes).some((name) => !isAlwaysFree(name))) throw timesFixed(room.phase);
      await updateSettings(tx, room, settings);
      return { act: 'waiting_room.changed', changes };
    }
    requirePossible(deps, settings, event, await readNow(tx));
    await write(tx, { ...of, room, settings });
    const { freezesAt, drawLeadSeconds: leadSeconds } = settings;
    await commitDraw(deps, tx, { eventId: event.id, freezesAt, leadSeconds });
    return { act: room === undefined ? 'waiting_room.planned' : 'waiting_room.changed', changes };
  });
}

async function write(
  tx: Db,
  { actor, eventId, room, settings }: RoomOfActor & { room: RoomRow | undefined; settings: RoomSettings },
): Promise<void> {
  if (room !== undefined) {
    await updateSettings(tx, room, settings);
    return;
  }
  const inserted = await insertRoom(tx, { eventId, organizerId: actor.organizerId, ...settings });
  // Another request planned the room at the same moment. Its plan stays, and this request may be sent again.
  if (inserted === undefined) throw timesFixed('closed');
}

const isAlwaysFree = (name: string) => name === 'rateMax' || name === 'challengeDifficulty';

/** The fields that the settings change, with the values before and after. */
function differences(
  room: RoomRow | undefined,
  settings: RoomSettings,
): { readonly [Name in keyof RoomSettings]?: unknown } {
  const changed = Object.entries(settings).filter(([name, value]) => {
    const before: unknown = room?.[name as keyof RoomSettings];
    return before instanceof Date && value instanceof Date ? before.getTime() !== value.getTime() : before !== value;
  });
  return Object.fromEntries(
    changed.map(([name, to]) => [name, room === undefined ? to : { from: room[name as keyof RoomSettings], to }]),
  );
}

function requirePossible(deps: CommitDeps, settings: RoomSettings, event: EventOfRoom, now: Date): void {
  const { preQueueOpensAt, freezesAt, opensAt, drawLeadSeconds } = settings;
  const errors: InputFault[] = [];
  const fault = (...given: Parameters<typeof inputFault>) => errors.push(inputFault(...given));
  const drawSeconds = rulesOf(deps.drawRules).leadSeconds + drawSecondsMin;
  if (preQueueOpensAt <= now) fault('preQueueOpensAt', 'time.past');
  if (secondsBetween(preQueueOpensAt, freezesAt) < preQueueSecondsMin)
    fault('freezesAt', 'room.lead', { limit: preQueueSecondsMin, other: 'preQueueOpensAt' });
  if (secondsBetween(freezesAt, opensAt) < drawSeconds)
    fault('opensAt', 'room.lead', { limit: drawSeconds, other: 'freezesAt' });
  else if (drawLeadSeconds + drawSecondsMin > secondsBetween(freezesAt, opensAt))
    fault('drawLeadSeconds', 'room.lead_end', { limit: drawSecondsMin, other: 'opensAt' });
  if (opensAt >= event.endsAt) fault('opensAt', 'time.before_end');
  if (errors.length > 0) throw timesImpossible(errors);
}

const secondsBetween = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 1000;
