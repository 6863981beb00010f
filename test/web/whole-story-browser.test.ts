import { afterAll, beforeAll, expect, test } from 'vitest';
import { buyerJoinsLine, buyerOrders, buyerPays, buyerSeesChanges, ticketOnScreen } from './support/story/buyer.ts';
import { doorOpens, doorReadsList, doorScans } from './support/story/door.ts';
import {
  expectOnSale,
  gates,
  operatorGivesLink,
  organiserMovesEvent,
  organiserPairsDevices,
  organiserPreparesEvent,
  organiserPublishes,
  organiserRefundsTicket,
  organiserSeesRefund,
  organiserSignsIn,
  organiserWatches,
} from './support/story/organiser.ts';
import { type StoryWorld, openStoryWorld } from './support/story/story-world.ts';

/**
 * The whole way on one database that begins empty: an organiser at a desktop, a buyer and two gates with phones. Each of them sees what the
 * others do, and the audit finds nothing at the end.
 */

let world: StoryWorld;
beforeAll(async () => {
  world = await openStoryWorld();
});
afterAll(() => world?.close());

test('an organiser sells, a buyer waits and pays, two gates scan with and without a network, and one ticket is refunded', async () => {
  await world.expectEmpty();
  const desk = await organiserSignsIn(world, await operatorGivesLink(world));
  const organiser = await organiserPreparesEvent(world, desk);
  const eventPath = await organiserPublishes(organiser);
  const sale = await organiserWatches(organiser);

  await world.openLineNow(organiser.eventId);
  const buyer = await buyerJoinsLine(world, eventPath);
  await expectOnSale(sale, /In the line\s*1/);
  await world.freezeNow({ id: organiser.eventId });
  const orderId = await buyerOrders(buyer);
  await expectOnSale(sale, /Held\s*3/);
  await buyerPays(world, buyer, orderId);
  await expectOnSale(
    sale,
    /Sold\s*3[\s\S]*Messages[\s\S]*Email, (?:Accepted by the provider|Sent)\s*\d[\s\S]*WhatsApp, (?:Accepted by the provider|Sent|Delivered|Read)\s*1/,
  );

  const [northLink = '', southLink = ''] = await organiserPairsDevices(organiser);
  const [north, south] = [await doorOpens(world, northLink, gates[0]), await doorOpens(world, southLink, gates[1])];
  const screens = [
    await ticketOnScreen(buyer, 0),
    await ticketOnScreen(buyer, 1),
    await ticketOnScreen(buyer, 2),
  ] as const;
  await doorScans(north, screens[0], 'Come in');
  await doorScans(south, screens[0], 'Already used');

  await Promise.all([doorReadsList(north), doorReadsList(south)]);
  await Promise.all([north.context.setOffline(true), south.context.setOffline(true)]);
  for (const gate of [north, south]) {
    expect(await doorScans(gate, screens[1], 'Come in')).toContain('Decided without a network');
    expect(await gate.page.textContent('#unsent')).toBe('1 not sent');
  }
  for (const gate of [north, south]) {
    await gate.context.setOffline(false);
    await doorReadsList(gate);
    await gate.page.waitForSelector('#unsent:text-is("All sent")');
  }
  await south.page.waitForSelector('#conflicts:text-is("1 problem")');
  await expectOnSale(
    sale,
    /Received\s*Rp\s225,000[\s\S]*Admitted\s*2[\s\S]*1 problem at the door[\s\S]*North\s*2\s*0\s*0[\s\S]*South\s*1\s*0\s*1/,
  );

  await organiserRefundsTicket(organiser, orderId);
  await expectOnSale(sale, /Sold\s*2/);
  await doorScans(north, screens[2], 'Ticket revoked');
  await organiserMovesEvent(organiser, 'Istora Senayan');
  await buyerSeesChanges(world, buyer, 'Istora Senayan');
  await organiserSeesRefund(organiser, orderId);
  expect(await world.audit()).toEqual([]);
}, 600_000);
