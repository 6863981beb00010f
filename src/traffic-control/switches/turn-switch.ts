import { writeAudit } from '../../access/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { noWaitingRoomPlanned, switchNotForThis, switchUnknown, switchableEventNotFound } from '../errors.ts';
import { writeTurn } from './queries.ts';
import { type SwitchName, isSwitchName, switchKind, switchNames } from './tables.ts';

/** The catalog's and the waiting room's view of an event that an operator names by slug or id. */
export type SwitchableEvent = {
  readonly id: string;
  readonly slug: string;
  readonly organizerId: string;
  readonly hasWaitingRoom: boolean;
};

export type TurnSwitchDeps = {
  readonly db: Db;
  readonly findSwitchableEvent: (db: Db, slugOrId: string) => Promise<SwitchableEvent | undefined>;
};

export type SwitchTurn = {
  readonly name: string;
  readonly on: boolean;
  /** Slug or id; without it the switch applies to all events. */
  readonly event?: string | undefined;
  readonly reason: string;
  /** The name by which other operators know this one. */
  readonly by: string;
  readonly until?: Date | undefined;
};

/**
 * Turns a switch on or off, and records who did it and why; for one event also in the organiser's audit log. Every API
 * process follows within a second. Repeating it is harmless and adds its own record.
 * @throws DomainError switch.unknown, switch.scope, event.not_found, switch.no_waiting_room
 */
export async function turnSwitch(deps: TurnSwitchDeps, turn: SwitchTurn): Promise<void> {
  const { name } = turn;
  if (!isSwitchName(name)) throw switchUnknown(switchNames);
  const event = await eventOf(deps, name, turn);
  await transaction(deps.db, async (tx) => {
    await writeTurn(tx, {
      name,
      eventId: event?.id ?? 'all',
      eventSlug: event?.slug ?? null,
      isOn: turn.on,
      until: turn.on ? (turn.until ?? null) : null,
      reason: turn.reason,
      by: turn.by,
    });
    if (event === undefined) return;
    await writeAudit(tx, {
      actor: { kind: 'operator', id: 'switches', organizerId: event.organizerId },
      act: turn.on ? 'event.switched_on' : 'event.switched_off',
      subjectId: event.id,
      changes: { switch: name, reason: turn.reason },
    });
  });
}

async function eventOf(deps: TurnSwitchDeps, name: SwitchName, turn: SwitchTurn): Promise<SwitchableEvent | undefined> {
  const { scopes } = switchKind(name);
  if (!scopes.includes(turn.event === undefined ? 'all' : 'event')) {
    throw switchNotForThis(name, scopes.includes('all'));
  }
  if (turn.event === undefined) return undefined;
  const event = await deps.findSwitchableEvent(deps.db, turn.event);
  if (event === undefined) throw switchableEventNotFound();
  if (name === 'waiting_room' && turn.on && !event.hasWaitingRoom) throw noWaitingRoomPlanned();
  return event;
}
