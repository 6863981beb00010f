import { familyOf } from '../bench/harness/pinning.ts';
import { type ColumnName, columnNames } from './columns.ts';
import { controlSandbox } from './control-sandbox.ts';
import { type DrillWorld, autoPay } from './world.ts';

/**
 * What a column must show while a part is stopped.
 * normal: as before, hardly slower · stale: answered from memory, and what is no longer current says so ·
 * refused: 503 with Retry-After within the deadline, and never a yes
 */
export type Expected = 'normal' | 'stale' | 'refused';

export type MatrixRow = {
  readonly name: string;
  readonly expects: Readonly<Record<ColumnName, Expected>>;
  breakIt(world: DrillWorld): Promise<void>;
  mend(world: DrillWorld): Promise<void>;
};

const everything = (expected: Expected): Record<ColumnName, Expected> =>
  Object.fromEntries(columnNames.map((name) => [name, expected])) as Record<ColumnName, Expected>;
const normal = everything('normal');
const withoutDatabase = { ...everything('refused'), browse: 'stale', availability: 'stale' } as const;

/** Stops a server with all its processes. Its connections stay open, and none of its timeouts run. */
function frozen(name: string, child: string, expects: MatrixRow['expects']): MatrixRow {
  const signal = (world: DrillWorld, what: NodeJS.Signals) => {
    const pid = child === 'worker' ? world.worker.pid() : (world.services.children.get(child)?.pid() ?? 0);
    if (pid === 0) throw new Error(`${child} does not run`);
    for (const member of familyOf(pid)) process.kill(member, what);
  };
  return {
    name,
    expects,
    breakIt: async (world) => signal(world, 'SIGSTOP'),
    mend: async (world) => signal(world, 'SIGCONT'),
  };
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
    breakIt: ({ sandbox }) =>
      controlSandbox(sandbox.url, 'scenarios', { snap: hang, status: hang, close: hang, autoPay }),
    mend: ({ sandbox }) =>
      controlSandbox(sandbox.url, 'scenarios', { snap: works, status: works, close: works, autoPay }),
  },
  mail: {
    name: 'Mail server',
    expects: normal,
    breakIt: ({ sandbox }) => controlSandbox(sandbox.url, 'smtp/rules', { match: {}, stage: 'mail', answer: 'hang' }),
    mend: ({ sandbox }) =>
      controlSandbox(sandbox.url, 'smtp/rules', { match: {}, stage: 'mail', answer: 450, probability: 0 }),
  },
};
