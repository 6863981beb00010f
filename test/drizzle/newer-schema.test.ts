import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkInInvariants } from '../../src/check-in/invariants.ts';
import { notificationInvariants } from '../../src/notifications/invariants.ts';
import { orderInvariants } from '../../src/orders/invariants.ts';
import { paymentInvariants } from '../../src/payments/invariants.ts';
import { createLog } from '../../src/platform/log.ts';
import { createEvent } from '../../testkit/factories.ts';
import { type NextRelease, packNextRelease, widened } from '../../testkit/processes/next-release.ts';
import { createRoom } from '../../testkit/waiting-room/places.ts';
import { type HotWorld, openHotWorld } from './support/hot-world.ts';
import { runSale } from './support/sale.ts';

/**
 * Guards the middle of a rolling upgrade: the migrations of the next release have run, and API and worker of this one sell on, with the
 * connections and prepared statements that they had before.
 */

/** Tables that one migration changes. A real one changes few, so that it waits for few locks. */
const tablesAtOnce = 4;
const triesMax = 5;
/** Faults of a statement that does not fit the tables; 0A000 is that of a kept plan whose columns have changed. */
const doesNotFit = /"code":"(?:0A000|42\w{3})"/;

let world: HotWorld;
let next: NextRelease;
const lines: string[] = [];

beforeAll(async () => {
  const log = createLog({ level: 'info', process: 'test', output: { write: (line) => void lines.push(line) } });
  [world, next] = await Promise.all([openHotWorld(log), packNextRelease()]);
}, 180_000);
afterAll(async () => {
  next.remove();
  await world.close();
});

async function tables(): Promise<string[]> {
  const rows = await world.admin<{ name: string }[]>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`;
  return rows.map(({ name }) => name);
}

/** The migrator gives up when a table is locked for long, and is started again as an operator would. */
async function migrate(triesLeft = triesMax): Promise<void> {
  await next.migrate(world.directUrl).catch((error: unknown) => {
    if (triesLeft <= 1) throw error;
    return migrate(triesLeft - 1);
  });
}

test('sells on when the next release has given every table two columns and an index', {
  timeout: 180_000,
}, async () => {
  const options = {
    event: { ticketsPerBuyerMax: 4, doorsOpenAt: new Date(Date.now() - 3_600_000) },
    categories: [{ capacity: 1000 }],
  };
  const [event, room] = await Promise.all([createEvent(world.db, options), createEvent(world.db, options)]);
  await world.connectGateway(event);
  await createRoom(world.db, { event: room });
  await runSale(world, { event, room, count: 2 });
  await world.admin.unsafe('prepare with_star as select * from orders limit 1');

  const all = await tables();
  expect(all.length).toBeGreaterThan(50);
  for (let at = 0; at < all.length; at += tablesAtOnce) {
    next.add(all.slice(at, at + tablesAtOnce).flatMap(widened));
    await migrate();
  }
  next.add(['create table next_notes (id text primary key);']);
  await migrate();
  const [added] = await world.admin`select count(*)::int as count from pg_attribute where attname = 'next_count'`;
  expect(added?.['count']).toBeGreaterThanOrEqual(all.length);
  // The control: a kept statement that does not name its columns no longer fits.
  await expect(world.admin.unsafe('execute with_star')).rejects.toMatchObject({ code: '0A000' });

  await runSale(world, { event, room, count: 3 });
  expect(lines.filter((line) => doesNotFit.test(line))).toEqual([]);
  const ofSale = [...orderInvariants, ...paymentInvariants, ...checkInInvariants, ...notificationInvariants];
  for (const { name, find } of ofSale) expect(await find(world.db), name).toEqual([]);
});
