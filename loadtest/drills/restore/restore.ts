import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'drizzle-orm';
import { repositoryFolder } from '../../../deploy/local/places.ts';
import { seededRandom } from '../../../sandbox/random.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { until } from '../../../testkit/until.ts';
import { say, superuserUrl } from '../../bench/harness/stack.ts';
import { settledAfter } from '../document.ts';
import { type Drill, type DrillOptions, type DrillRun, type Variant, variantsOf } from '../drill.ts';
import { type Bought, placeOrders } from '../sale/buyers.ts';
import { autoPay, unknownOutcomeSeconds } from '../sale/selling.ts';
import { untilSettled } from '../sale/until-settled.ts';
import { toldOf } from '../sale/witnesses.ts';
import { controlSandbox } from '../world/control-sandbox.ts';
import { openSale } from '../world/open-sale.ts';
import { asked } from '../world/standby.ts';
import { type DrillWorld, openDrillWorld } from '../world/world.ts';
import { type Backups, openBackups } from './backups.ts';

const size = { orders: 2000, minutes: 1 } as const;
/** Shares of the orders: during the base backup, after it, after the named point, and with the restored server. */
const phases = { during: 0.5, after: 0.3, lost: 0.1, again: 0.1 } as const;
type Phase = keyof typeof phases;
const point = 'before_the_disaster';
const auditDeadlineMs = 120_000;
const archivedWithinMs = 120_000;

export const restoreDrill: Drill = {
  does: "Buyers order and pay while a base backup is made, and after it. Postgres and pgBackRest are Debian's, with the settings of production.",
  fault:
    'after a named point more is sold, and then a superuser drops the tables of tickets and orders; the database is restored to the point on a second server, and sells there',
  proof: 'The tables were gone.',
  holds:
    'Every order that a buyer was told of before the point is there once, none of after it. The audit is clean. The sale goes on, and what was unpaid at the point is paid. In the control nothing is lost, and every order is there.',
  mutant: { without: 'the archived log is replayed after the base backup', edits: [] },
  run: async (options) => {
    const runs: DrillRun[] = [];
    for (const seed of options.seeds)
      for (const variant of variantsOf(options, seed)) {
        runs.push(await runOnce(options, variant, seed));
        options.onRun?.(runs);
      }
    return runs;
  },
};

type Scene = {
  readonly world: DrillWorld;
  readonly sale: TestEvent;
  readonly buy: (phase: Phase) => Promise<Bought[]>;
};

async function runOnce(options: DrillOptions, variant: Variant, seed: number): Promise<DrillRun> {
  const orders = options.orders ?? size.orders;
  const seconds = (options.minutes ?? size.minutes) * 60;
  say(`${variant}, seed ${seed}: ${orders} orders in ${Math.round(seconds)} s`);
  const started = performance.now();
  let backups: Backups | undefined;
  const world = await openDrillWorld({
    seed,
    postgres: async (folder) => {
      backups = await openBackups(folder);
      return backups.postgres;
    },
  });
  try {
    if (backups === undefined) throw new Error('the world was opened without backups');
    const sale = await openSale(world);
    await controlSandbox(world.sandbox.url, 'scenarios', { autoPay });
    const random = seededRandom(seed);
    const buy = (phase: Phase) =>
      placeOrders({
        url: world.url,
        sale,
        orders: Math.ceil(orders * phases[phase]),
        seconds: seconds * phases[phase],
        // Makes other buyers and keys in each phase.
        seed: seed * 10 + Object.keys(phases).indexOf(phase),
        random,
      });
    const seen = await sell({ world, sale, buy }, backups, variant);
    return { variant, seed, seconds: Math.round((performance.now() - started) / 1000), ...seen };
  } finally {
    await backups?.close();
    await world.close();
  }
}

type Seen = Pick<DrillRun, 'proofs' | 'rows' | 'faults' | 'facts'>;

async function sell(scene: Scene, backups: Backups, variant: Variant): Promise<Seen> {
  const { world, sale, buy } = scene;
  await backups.create(world.services);
  say('buyers come while the base backup is made');
  const [during, backupSeconds] = await Promise.all([buy('during'), timed(() => backups.backUp())]);
  const kept = [...during, ...(await buy('after'))];
  const archivedSeconds = await setPoint(world);
  const lost = await buy('lost');
  const disaster = variant === 'control' ? undefined : await loseAndRestore(world, backups, variant);
  const rows = await compare(
    world,
    sale,
    disaster === undefined ? { kept: [...kept, ...lost], lost: [] } : { kept, lost },
  );
  const again = await buy('again');
  const firstMs = Math.min(...again.map(({ knownAtMs }) => knownAtMs ?? Infinity));
  const failed = again.filter(({ ids }) => ids.length === 0).length;
  // The mutant's losses do not return, so there is nothing to wait for.
  const settled =
    variant === 'mutant'
      ? { seconds: 0, stoodStillSeconds: 0, faults: [] }
      : await untilSettled(world, sale, { sinceMs: firstMs, stallMaxSeconds: unknownOutcomeSeconds });
  return {
    proofs: disaster === undefined ? [] : [{ what: 'tables that the superuser dropped', times: disaster.gone }],
    rows: rows.rows,
    faults: [
      ...rows.faults,
      ...(failed > 0 ? [`${failed} buyers could not order afterwards`] : []),
      ...settled.faults,
      ...(await audit(world)),
    ],
    facts: {
      'seconds of the base backup': backupSeconds,
      'seconds from the point until it was in the archive (RPO if the machine is lost)': archivedSeconds,
      ...(disaster === undefined
        ? {}
        : {
            'orders of after the point, given up by choosing it': lost.length,
            'seconds of the restore': disaster.restoreSeconds,
            'seconds from the disaster to the first order (RTO)': Math.round((firstMs - disaster.atMs) / 100) / 10,
          }),
      [settledAfter]: settled.seconds,
    },
  };
}

type Disaster = { readonly atMs: number; readonly gone: number; readonly restoreSeconds: number };

async function loseAndRestore(world: DrillWorld, backups: Backups, variant: Variant): Promise<Disaster> {
  const atMs = Date.now();
  const gone = await dropTables(world);
  say('the tables are gone; restoring');
  const target = variant === 'mutant' ? ({ type: 'immediate' } as const) : ({ type: 'name', name: point } as const);
  const restoreSeconds = await timed(async () => world.movePrimary(await backups.restoreTo(target, world.services)));
  return { atMs, gone, restoreSeconds };
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await act();
  return Math.round((performance.now() - started) / 100) / 10;
}

/** Names this moment in the log. @returns the seconds until its log is in the archive, with the archive's own timeout */
async function setPoint({ services }: DrillWorld): Promise<number> {
  const url = services.addresses.postgresAdminUrl ?? '';
  const file = await asked(url, `select pg_walfile_name(pg_create_restore_point('${point}')) as said`);
  return timed(() =>
    until(async () => {
      const last = await asked(url, 'select last_archived_wal as said from pg_stat_archiver');
      return last !== undefined && file !== undefined && last >= file;
    }, archivedWithinMs),
  );
}

async function dropTables({ services }: DrillWorld): Promise<number> {
  const url = superuserUrl(services.addresses);
  const count = `select count(*)::text as said from pg_tables where tablename in ('tickets', 'orders')`;
  const before = Number(await asked(url, count));
  await asked(url, 'drop table tickets, orders cascade');
  return before - Number(await asked(url, count));
}

/** The buyers' answers, compared with the restored server. */
async function compare(
  { owner }: DrillWorld,
  sale: TestEvent,
  { kept, lost }: { readonly kept: readonly Bought[]; readonly lost: readonly Bought[] },
): Promise<Pick<Seen, 'rows' | 'faults'>> {
  const found = await rowsOf<{ id: string; email: string }>(
    owner.db,
    sql`select id, buyer_email as email from orders where event_id = ${sale.id}`,
  );
  const ids = new Set(found.map(({ id }) => id));
  const byEmail = Map.groupBy(found, ({ email }) => email);
  const there = kept.filter((bought) => bought.ids[0] !== undefined && ids.has(bought.ids[0])).length;
  const missing = kept.length - there;
  const twice = kept.filter(({ email }) => (byEmail.get(email)?.length ?? 0) > 1).length;
  const late = lost.filter(({ email }) => byEmail.has(email)).length;
  const what = lost.length === 0 ? toldOf : `${toldOf} before the point`;
  return {
    rows: [{ what, expected: kept.length, found: there, missing, twice, allowed: 0 }],
    faults: [
      ...(missing > 0 ? [`${what}: ${missing} missing`] : []),
      ...(twice > 0 ? [`${what}: ${twice} twice`] : []),
      ...(late > 0 ? [`${late} orders of after the point are there`] : []),
    ],
  };
}

/**
 * `npm run audit` on the restored server. The gateway's journal also has payments from after the point, so it is left
 * out.
 */
async function audit({ services }: DrillWorld): Promise<string[]> {
  const { SANDBOX_URL: _journal, ...environment } = process.env;
  try {
    await promisify(execFile)(process.execPath, [...process.execArgv, join(repositoryFolder, 'loadtest/audit.ts')], {
      env: { ...environment, DATABASE_URL: services.addresses.databaseUrl },
      timeout: auditDeadlineMs,
    });
    return [];
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
    const broken = said.split('\n').filter((line) => line.startsWith('BROKEN'));
    return broken.length > 0 ? broken : [`the audit failed: ${said.slice(0, 300)}`];
  }
}
