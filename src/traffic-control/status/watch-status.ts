import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import type { Log } from '../../platform/log.ts';
import type { Shedder } from '../shedding/shedder.ts';
import type { Switches } from '../switches/switches.ts';
import { type Lateness, findLateness } from './queries.ts';
import { type ServiceState, type ServiceStatus, serviceStates } from './schemas.ts';

/** The state of the service as this process knows it. Reading costs nothing; Postgres is asked in the background. */
export type StatusWatch = {
  status(): ServiceStatus;
  /** Looks now. A timer does so as well. */
  look(): Promise<void>;
  close(): void;
};

export type StatusWatchDeps = {
  readonly config: Pick<Config, 'REHEARSALS_ALLOWED'>;
  readonly db: Db;
  readonly log: Log;
  readonly clock: Clock;
  readonly switches: Pick<Switches, 'isOn'>;
  readonly shedder: Pick<Shedder, 'isShedding'>;
  /** The kinds of jobs on which paying and tickets depend. */
  readonly jobNames: { readonly paying: readonly string[]; readonly tickets: readonly string[] };
};

const lookEveryMs = 3000;
/** Postgres counts as down if no look has succeeded for this long. */
const knownForMs = 10_000;
/** If a job was never tried for this long, there are too few workers. */
const slowAfterSeconds = 60;
/** If a job was never tried for this long, no worker runs. */
const downAfterSeconds = 600;
/** Fewer late jobs may come from one organiser's wrong account, or one address that accepts no mail. */
const unfinishedMin = 20;

/** The classes of `route-rules.ts`. */
const buyingClass = 2;
const doorClass = 1;

/** Watches the service for its public status document. Nothing is known before the first look. */
export function watchStatus(deps: StatusWatchDeps): StatusWatch {
  let known: { readonly paying: Lateness; readonly tickets: Lateness; readonly at: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const look = async (): Promise<void> => {
    const bounds = { lateSeconds: slowAfterSeconds, countMax: unfinishedMin };
    const [paying, tickets] = await Promise.all([
      findLateness(deps.db, deps.jobNames.paying, bounds),
      findLateness(deps.db, deps.jobNames.tickets, bounds),
    ]);
    known = { paying, tickets, at: performance.now() };
  };
  const lookAgain = async (): Promise<void> => {
    await look().catch((error: unknown) => deps.log.debug({ err: error }, 'the status could not be looked up'));
    if (!isClosed) timer = setTimeout(() => void lookAgain(), lookEveryMs).unref();
  };
  void lookAgain();

  const isPaused = (...names: Parameters<Switches['isOn']>[0][]) => names.some((name) => deps.switches.isOn(name));
  const slowIf = (isSlow: boolean): ServiceState => (isSlow ? 'slow' : 'ok');

  const partsOf = (): ServiceStatus['parts'] => {
    if (known === undefined || performance.now() - known.at > knownForMs)
      return { buying: 'down', paying: 'down', tickets: 'down', door: 'down' };
    return {
      buying: isPaused('close_sales', 'browse_only') ? 'paused' : slowIf(deps.shedder.isShedding(buyingClass)),
      paying: stateOf(known.paying),
      tickets: stateOf(known.tickets),
      door: slowIf(deps.shedder.isShedding(doorClass)),
    };
  };

  return {
    status: () => {
      const parts = partsOf();
      const worst = Math.max(...Object.values(parts).map((state) => serviceStates.indexOf(state)));
      return {
        state: serviceStates[worst] ?? 'down',
        parts,
        takesRehearsals: deps.config.REHEARSALS_ALLOWED,
        checkedAt: deps.clock.now().toISOString(),
      };
    },
    look,
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function stateOf({ untriedSeconds, unfinished }: Lateness): ServiceState {
  if (untriedSeconds >= downAfterSeconds) return 'down';
  return untriedSeconds >= slowAfterSeconds || unfinished >= unfinishedMin ? 'slow' : 'ok';
}
