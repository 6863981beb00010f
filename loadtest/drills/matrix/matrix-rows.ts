import { setTimeout as pause } from 'node:timers/promises';
import { signalIfAlive } from '../../../deploy/local/host/process-identity.ts';
import { familyOf } from '../../bench/harness/pinning.ts';
import { type Part, isStopped, processOf } from '../faults/processes.ts';
import { type ColumnName, columnNames } from './columns.ts';
import { controlSandbox } from '../world/control-sandbox.ts';
import { type MatrixWorld, autoPay } from './open-matrix-world.ts';

/**
 * The required behaviour of a column while a part is stopped.
 * normal: as before, hardly slower · stale: answered from memory, and outdated data is marked as such · refused: 503
 * with Retry-After within the deadline, and never a success
 */
export type Expected = 'normal' | 'stale' | 'refused';

export type MatrixRow = {
  readonly name: string;
  readonly expects: Readonly<Record<ColumnName, Expected>>;
  /** @returns how many processes or rules were in the state of the fault */
  breakIt(world: MatrixWorld): Promise<number>;
  mend(world: MatrixWorld): Promise<void>;
};

const everything = (expected: Expected): Record<ColumnName, Expected> =>
  Object.fromEntries(columnNames.map((name) => [name, expected])) as Record<ColumnName, Expected>;
const normal = everything('normal');
const withoutDatabase = { ...everything('refused'), browse: 'stale', availability: 'stale' } as const;

/** A signal takes a moment to arrive, longer on a busy machine. */
const stoppedAfterMs = 500;

/** Stops a server with all its processes. Its connections stay open, and none of its timeouts run. */
function frozen(name: string, part: Part, expects: MatrixRow['expects']): MatrixRow {
  const familyIn = (world: MatrixWorld) => familyOf(processOf(world, part).pid());
  return {
    name,
    expects,
    breakIt: async (world) => {
      const family = familyIn(world);
      for (const pid of family) signalIfAlive(pid, 'SIGSTOP');
      await pause(stoppedAfterMs);
      return family.filter(isStopped).length;
    },
    mend: async (world) => {
      for (const pid of familyIn(world)) signalIfAlive(pid, 'SIGCONT');
    },
  };
}

/** The sandbox throws if it rejects the rule. */
async function scripted(path: 'scenarios' | 'smtp/rules', world: MatrixWorld, rule: unknown): Promise<number> {
  await controlSandbox(world.sandbox.url, path, rule);
  return 1;
}

const hang = { answer: 'hang' };
const works = { answer: 'hang', probability: 0 };

export const matrixRows: Readonly<Record<string, MatrixRow>> = {
  'redis-cache': frozen('Redis, cache role', 'redis-cache', normal),
  'redis-queue': frozen('Redis, queue role', 'redis-queue', normal),
  worker: frozen('All workers', 'worker', normal),
  pgbouncer: frozen('PgBouncer', 'pgbouncer', withoutDatabase),
  postgres: frozen('Postgres', 'postgres', withoutDatabase),
  gateway: {
    name: 'Gateway',
    expects: normal,
    breakIt: (world) => scripted('scenarios', world, { snap: hang, status: hang, close: hang, autoPay }),
    mend: ({ sandbox }) =>
      controlSandbox(sandbox.url, 'scenarios', { snap: works, status: works, close: works, autoPay }),
  },
  mail: {
    name: 'Mail server',
    expects: normal,
    breakIt: (world) => scripted('smtp/rules', world, { match: {}, stage: 'mail', answer: 'hang' }),
    mend: ({ sandbox }) =>
      controlSandbox(sandbox.url, 'smtp/rules', { match: {}, stage: 'mail', answer: 450, probability: 0 }),
  },
};
