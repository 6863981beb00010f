import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { newCredential } from '../../../src/access/credentials/credential.ts';
import type { OpenDb } from '../../../src/platform/database/db.ts';
import { newId } from '../../../src/platform/ids.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { benchEncryptionKey } from '../../bench/harness/api-environment.ts';
import { insertOrdersInPayment, insertTickets } from '../../bench/fill/bulk-orders.ts';
import { controlSandbox } from '../world/control-sandbox.ts';
import type { Mutant } from '../world/mutants.ts';
import { openSale } from '../world/open-sale.ts';
import { type DrillWorld, openDrillWorld } from '../world/world.ts';

export type MatrixWorld = DrillWorld & {
  /** Sold during the drill, and paid at the sandbox after a while. */
  readonly sale: TestEvent;
  /** Its orders wait for payment. Callbacks are about them. */
  readonly waiting: TestEvent;
  /** Its tickets are sold and can be scanned. */
  readonly door: { readonly event: TestEvent; readonly secret: string; readonly token: string };
};

const hour = 3_600_000;
const seededOrders = 20_000;
const seededTickets = 20_000;
/** Payments by buyers at the sandbox, throughout the drill. */
export const autoPay = { afterMs: 3000, jitterMs: 2000, method: 'qris', probability: 0.7 };
/** From a payment page to the payment, and some time for the callback. */
export const buyersPayWithinMs = autoPay.afterMs + autoPay.jitterMs + 1000;

export async function openMatrixWorld(seed: number, mutant: Mutant | undefined): Promise<MatrixWorld> {
  const world = await openDrillWorld({ seed, mutant });
  try {
    const { db } = world.owner;
    const sale = await openSale(world);
    const waiting = await createEvent(db, { organizer: sale.organizer, categories: [{ capacity: seededOrders }] });
    await insertOrdersInPayment(db, waiting, { first: 0, last: seededOrders - 1 });
    const door = await seedDoor(db);
    await controlSandbox(world.sandbox.url, 'scenarios', { autoPay });
    return { ...world, sale, waiting, door };
  } catch (error) {
    await world.close();
    throw error;
  }
}

async function seedDoor(db: OpenDb['db']): Promise<MatrixWorld['door']> {
  const now = Date.now();
  const endsAt = new Date(now + 12 * hour);
  const event = await createEvent(db, {
    event: { startsAt: new Date(now + hour), endsAt, doorsOpenAt: new Date(now - hour), ticketsPerOrderMax: 10 },
    categories: [{ capacity: seededTickets, price: 0, saleClosesAt: endsAt }],
  });
  const secret = randomBytes(8).toString('hex');
  await insertTickets(db, event, { count: seededTickets, secret });
  const device = newCredential('device', { ENCRYPTION_KEY: benchEncryptionKey });
  await db.execute(sql`
    insert into devices (id, organizer_id, event_id, name, token_hash, created_by, responsible_id)
    values (${newId('dev')}, ${event.organizer.id}, ${event.id}, 'Drill', decode(${device.hash.toString('hex')}, 'hex'), 'drill', 'drill')`);
  return { event, secret, token: device.text };
}
