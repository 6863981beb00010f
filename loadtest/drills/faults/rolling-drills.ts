import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Supervised } from '../../../deploy/local/host/supervisor.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { packNextRelease, widened } from '../../../testkit/processes/next-release.ts';
import { requestBytes } from '../../generator/connection.ts';
import { openLoop } from '../../generator/open-loop.ts';
import type { Drill } from '../drill.ts';
import { type Besides, type SaleDrill, type Scene, saleDrill } from '../sale/sale-drill.ts';
import { forOneNetwork, selling, unknownOutcomeSeconds } from '../sale/selling.ts';

const orders = 4000;
const minutes = 4;
/** Reads beside each order: 100,000 requests at the full size. */
const readsPerOrder = 24;
const connections = 64;
const apart = 500;
/** Tables that a release changes while processes of the one before sell. */
const tablesMax = 12;
const migrationsApartMs = 100;

/** Reads of everything public about the event and of pages, at a steady rate, from many kept-alive connections. */
async function readBeside({ world, sale, orders: sold, seconds }: Scene): Promise<Besides> {
  const paths = ['', '/schedule', '/ticket-categories', '/availability'].map((end) => `/v1/events/${sale.slug}${end}`);
  const requests = [...paths, '/', `/events/${sale.slug}`].map((path) => requestBytes('GET', path, {}));
  let made = 0;
  const refused = new Map<string, number>();
  const { statuses } = await openLoop({
    to: Number(new URL(world.url).port),
    connections,
    warmupSeconds: 0,
    seconds,
    offeredPerSecond: (sold * readsPerOrder) / seconds,
    next: () => requests[(made += 1) % requests.length] ?? '',
    onAnswer: ({ status, body }) => {
      if (status === 200) return;
      const said = `${status} ${/"code":"([a-z_.]+)"/.exec(body.toString())?.[1] ?? ''}`;
      refused.set(said, (refused.get(said) ?? 0) + 1);
    },
  });
  if (statuses['lost'] !== undefined) refused.set('nothing', statuses['lost']);
  return {
    faults: [...refused].map(([said, count]) => `${count} reads were answered with ${said}`),
    facts: { 'reads that were answered with 200': statuses['200'] ?? 0 },
  };
}

/** Stops one process after another as a release does, and restarts it before the next one. */
async function restartAll({ world, strikes, wait }: Scene): Promise<void> {
  while (await wait(apart)) {
    for (const child of [...world.apis, ...world.workers]) {
      if (!(await wait(apart))) return;
      await restart(child, strikes.note);
    }
  }
}

async function restart(child: Supervised, note: Scene['strikes']['note']): Promise<void> {
  const [before, atMs] = [child.pid(), Date.now()];
  await child.stop();
  while (child.pid() !== 0) await pause(10);
  await child.start();
  if (child.pid() !== before) note(restarted(child), atMs);
}

const programsOf = ({ world }: Scene) => [...world.apis, ...world.workers];
const restarted = ({ name }: Supervised) => `${name} ended, and started as another process`;
const changed = 'tables that were given two columns and an index';

/** The tables that the sale writes most; of a partitioned one the whole. */
async function busiestTables({ world }: Scene): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>(
    world.owner.db,
    sql`select coalesce(i.inhparent, s.relid)::regclass::text as name
        from pg_stat_user_tables s left join pg_inherits i on i.inhrelid = s.relid
        where s.schemaname = 'public'
        group by 1 order by sum(s.n_tup_ins + s.n_tup_upd + s.n_tup_del) desc limit ${tablesMax}`,
  );
  return rows.map(({ name }) => name);
}

/** Migrates as the next release does, then starts each process again: after a rollback those of this release find the new tables, too. */
async function upgrade(scene: Scene): Promise<void> {
  const { variant, world, strikes, wait, seconds } = scene;
  for (const what of [changed, ...programsOf(scene).map(restarted)]) strikes.expect(what);
  const next = await packNextRelease();
  const migrate = async (statements: readonly string[]) => {
    next.add(statements);
    await next.migrate(world.services.addresses.databaseDirectUrl);
  };
  try {
    await wait(seconds * 200);
    for (const table of await busiestTables(scene)) {
      await migrate(widened(table));
      strikes.count(changed, 1);
      await wait(migrationsApartMs);
    }
    if (variant === 'mutant') await migrate(['alter table orders rename column buyer_name to name;']);
    for (const child of programsOf(scene)) await restart(child, strikes.note);
  } finally {
    next.remove();
  }
}

/** What both have in common: two processes of each kind behind the edge, and readers beside the buyers. */
const seamlessly = {
  ...selling,
  does: `${selling.does} Through the edge, with ${readsPerOrder} public reads beside each order.`,
  holds: `Every request is answered with success at the first try. ${selling.holds}`,
  orders,
  minutes,
  stallMaxSeconds: unknownOutcomeSeconds,
  isSeamless: true,
  world: { apis: 2, workers: 2, edge: true, environment: forOneNetwork },
  beside: readBeside,
} satisfies Partial<SaleDrill>;

export const rollingDrills: Readonly<Record<string, Drill>> = {
  'rolling-restart': saleDrill({
    ...seamlessly,
    fault:
      'API and worker: each of their processes, two of each kind, is stopped and started again, one after another, all the time',
    proof: 'Another process id after each restart, of each process.',
    strike: async (scene) => {
      for (const child of programsOf(scene)) scene.strikes.expect(restarted(child));
      await restartAll(scene);
    },
    mutant: {
      without: 'a process that stops answers what it has taken',
      edits: [
        {
          file: 'src/main.ts',
          text: "log.info('stopping');",
          instead: 'process.exit(0);',
        },
      ],
    },
  }),
  'rolling-upgrade': saleDrill({
    ...seamlessly,
    fault: `Postgres: a newer schema. The migrator of the next release gives each of the ${tablesMax} busiest tables two columns and an index while the processes of this one sell; then each process is started again`,
    proof: 'The migrations ran. Another process id after each restart, of each process.',
    strike: upgrade,
    mutant: { without: 'a column keeps its name until no process of the release before runs', edits: [] },
  }),
};
