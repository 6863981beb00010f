import type { Db } from '../../platform/database/db.ts';
import type { Log } from '../../platform/log.ts';
import { switchReadAge, switchesOn } from '../metrics.ts';
import type { RouteClass } from '../route-rules.ts';
import type { TrafficControlErrorCode } from '../errors.ts';
import { type SwitchOn, findSwitchesOn } from './queries.ts';
import { type SwitchName, isSwitchName, switchKind, switchNames } from './tables.ts';

/**
 * The switches as this process knows them: read from Postgres twice a second, answered from memory. While Postgres is
 * down the last read holds. Redis is not involved.
 */
export type Switches = {
  /** Whether it is on for all events, or for this event. */
  isOn(name: SwitchName, eventId?: string): boolean;
  /** Why a request with this address is refused; undefined if no switch applies. */
  refusalFor(routeClass: RouteClass, method: string, path: string): SwitchRefusal | undefined;
  /** Reads now. Turning a switch and starting a process wait for it. */
  refresh(): Promise<void>;
  /** Throws until the switches have been read once; before that a process must not serve. */
  requireKnown(): Promise<void>;
  close(): void;
};

export type SwitchRefusal = { readonly code: TrafficControlErrorCode; readonly retryAfterSeconds: number };

/** With calls of at most half a second, every process knows a change within a second. */
const readEveryMs = 400;
/** With jitter, so that processes do not read at the same moment. */
const retryAfterSecondsMin = 20;
const retryAfterSecondsSpread = 40;
const all = 'all';

type Known = SwitchOn & { readonly name: SwitchName; readonly offAt: number };

export function createSwitches(deps: { db: Db; log: Log }): Switches {
  let known: readonly Known[] = [];
  let atTheDoor: readonly Known[] = [];
  let readAt: number | undefined;
  let asked = 0;
  let keptTurn = 0;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isAway = false;

  const keep = (rows: readonly SwitchOn[]): void => {
    readAt = performance.now();
    known = rows.flatMap((row) => {
      const { name } = row;
      // A switch of a newer version is unknown here.
      return isSwitchName(name) ? [{ ...row, name, offAt: performance.now() + (row.leftMs ?? Infinity) }] : [];
    });
    atTheDoor = known.filter(({ name }) => switchKind(name).refuses !== undefined);
    for (const name of switchNames) switchesOn.set({ name }, known.filter((one) => one.name === name).length);
  };

  const refresh = async (): Promise<void> => {
    asked += 1;
    const turn = asked;
    const rows = await findSwitchesOn(deps.db);
    // An answer to an earlier query may be out of date.
    if (turn < keptTurn) return;
    keptTurn = turn;
    keep(rows);
    switchReadAge.set(0);
  };

  const readAgain = async (): Promise<void> => {
    try {
      await refresh();
      isAway = false;
    } catch (error) {
      if (readAt !== undefined) switchReadAge.set((performance.now() - readAt) / 1000);
      if (!isAway) deps.log.warn({ err: error }, 'switches could not be read; the last known ones stay in force');
      isAway = true;
    }
    if (!isClosed) timer = setTimeout(() => void readAgain(), readEveryMs).unref();
  };
  void readAgain();

  const isStillOn = (one: Known): boolean => one.offAt > performance.now();

  return {
    isOn: (name, eventId) =>
      known.some((one) => one.name === name && (one.eventId === all || one.eventId === eventId) && isStillOn(one)),
    refusalFor: (routeClass, method, path) => {
      if (atTheDoor.length === 0) return undefined;
      const request = { routeClass, method, path };
      const against = atTheDoor.find(
        (one) => isAbout(one, path) && isStillOn(one) && switchKind(one.name).refuses?.(request) === true,
      );
      return against && { code: switchKind(against.name).code ?? 'traffic.switched_off', retryAfterSeconds: pause() };
    },
    refresh,
    requireKnown: async () => {
      if (readAt === undefined) throw new Error('the switches have not been read yet');
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** Whether an address names the event of a switch. An order names its event in the body: its room asks `isOn`. */
function isAbout(one: SwitchOn, path: string): boolean {
  if (one.eventId === all) return true;
  return isUnder(path, `/events/${one.eventId}`) || isUnder(path, `/events/${one.eventSlug ?? ''}`);
}

function isUnder(path: string, prefix: string): boolean {
  const start = path.indexOf(prefix);
  if (start < 0) return false;
  const next = path.charAt(start + prefix.length);
  return next === '' || next === '/';
}

function pause(): number {
  return retryAfterSecondsMin + Math.floor(Math.random() * retryAfterSecondsSpread);
}
