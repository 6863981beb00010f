import { expect, test } from 'vitest';
import { correctBuyer } from '../../src/orders/desk/correct-buyer.ts';
import { correctHolderName } from '../../src/orders/desk/correct-holder-name.ts';
import { cancelHolds, expireHolds, releaseHold } from '../../src/orders/lifecycle/end-holds.ts';
import { refundOrder } from '../../src/orders/lifecycle/refund-order.ts';
import { withdrawOrder } from '../../src/orders/lifecycle/withdraw-order.ts';
import { transferTicket } from '../../src/orders/transfers/transfer-ticket.ts';
import { createFirstAttempts } from '../../src/payments/attempts/first-attempts.ts';
import { attemptIdOf, changeAttempt, insertAttempt, lockAttempt } from '../../src/payments/attempts/queries.ts';
import { type Change, type ChangedOrder, hearChanges } from '../../src/platform/changes.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type TestEvent, createEvent, signedInOwner } from '../../testkit/factories.ts';
import { order, placingDeps, testHashSecret } from '../../testkit/orders/placing.ts';
import { useTestDb } from '../../testkit/services/use-test-db.ts';
import { endHoldIn, openAttempt, pay, withOrder } from '../races/support/steps.ts';

/** Guards that every act which changes an order tells the pages that show it. */

const { open, db } = await useTestDb();
const deps = placingDeps(open);
const config = { HASH_SECRET: testHashSecret };
const withdrawing = { requestFullRefund: () => Promise.resolve(), hasAdmissions: () => Promise.resolve(false) };

async function toldBy(act: () => Promise<unknown>): Promise<readonly Change[]> {
  const told: Change[] = [];
  const stop = hearChanges((change) => void told.push(change));
  await act().finally(stop);
  return told;
}

/** Places an order and begins to pay it. @returns the attempt */
async function claimed(event: TestEvent, orderId: string) {
  const attempts = createFirstAttempts(db);
  const ref = { eventId: event.id, orderId, attemptId: attemptIdOf(orderId, 1) };
  await attempts.claim({ ...ref, gateway: 'midtrans' });
  return { attempts, ref };
}

type Act = (orderId: string, event: TestEvent) => Promise<unknown>;
type Told = Omit<ChangedOrder, 'id'> & { readonly paid?: number };

const acts: Readonly<Record<string, readonly [of: 'hold' | 'paid', act: Act, told: Told]>> = {
  'its hold runs out': ['hold', (id) => endHoldIn(db, id, -1000).then(() => expireHolds({ db })), {}],
  'its hold is given back': ['hold', (id) => withOrder(db, id, releaseHold), {}],
  'its buyer cancels it': [
    'hold',
    (id) => withOrder(db, id, (tx, found) => withdrawOrder(tx, withdrawing, found, 'buyer')),
    { status: 'closing' },
  ],
  'it is paid': ['hold', (id) => pay(db, id), { status: 'paid', paid: 1 }],
  'it is refunded': [
    'paid',
    (id) => withOrder(db, id, (tx, found) => refundOrder(tx, found, { restock: true, reason: 'requested' })),
    { status: 'refunded' },
  ],
  'a payment of it is begun': [
    'hold',
    (id) => withOrder(db, id, (tx, found) => insertAttempt(tx, found, { number: 1, method: 'any' })),
    {},
  ],
  'its payment page is made': [
    'hold',
    async (id, event) => {
      const { attempts, ref } = await claimed(event, id);
      await attempts.recordMade({ ...ref, redirectUrl: 'https://pay.example.test', expiresInSeconds: 600 });
    },
    { payment: 'pending' },
  ],
  'a payment of it changes': [
    'hold',
    async (id) => {
      await openAttempt(db, id);
      await withOrder(db, id, async (tx) => {
        const attempt = await lockAttempt(tx, attemptIdOf(id, 1));
        if (attempt !== undefined) await changeAttempt(tx, attempt, { status: 'review' });
      });
    },
    {},
  ],
  'a ticket of it is given away': [
    'paid',
    (id) =>
      transferTicket(
        { db, clock: systemClock, config, ticketTransferred: () => Promise.resolve(true) },
        {
          ticketId: `tkt_${id.slice(4)}001`,
          shown: { by: 'buyer', orderId: id, version: 1 },
          holder: { name: 'Budi', email: 'budi@example.test' },
        },
      ),
    {},
  ],
  'the name on a ticket of it is corrected': [
    'paid',
    async (orderId, { organizer }) =>
      correctHolderName(
        { db },
        {
          actor: await signedInOwner(db, organizer),
          orderId,
          ticketId: `tkt_${orderId.slice(4)}001`,
          holderName: 'Budi',
        },
      ),
    {},
  ],
  'its address is corrected': [
    'paid',
    async (orderId, { organizer }) =>
      correctBuyer(
        { db, config, buyerCorrected: () => Promise.resolve() },
        { actor: await signedInOwner(db, organizer), orderId, correction: { email: 'right@example.test' } },
      ),
    { hasNewLink: true },
  ],
};

test.each(Object.entries(acts))('an order of which %s', async (_what, [of, act, { paid, ...change }]) => {
  const event = await createEvent(db);
  const { order: placed } = await order(deps, event);
  if (of === 'paid') await pay(db, placed.id);
  const told = await toldBy(() => act(placed.id, event));
  expect(told).toEqual([
    { eventId: event.id, orders: [{ id: placed.id, ...change }], ...(paid === undefined ? {} : { paid }) },
  ]);
});

test('orders that are placed are counted, and paid ones among them', async () => {
  const event = await createEvent(db, { categories: [{}, { price: 0 }] });
  const free = [{ ticketCategoryId: event.categories[1]?.id ?? '', quantity: 1 }];
  expect(await toldBy(() => order(deps, event))).toEqual([{ eventId: event.id, placed: 1, paid: 0 }]);
  expect(await toldBy(() => order(deps, event, { lines: free }))).toEqual([{ eventId: event.id, placed: 1, paid: 1 }]);
});

test('the holds of an event that is called off end all together', async () => {
  const event = await createEvent(db);
  await order(deps, event);
  expect(await toldBy(() => cancelHolds(db, event.id, 10))).toEqual([{ eventId: event.id, isOfAllOrders: true }]);
});
