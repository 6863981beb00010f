import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { demoOrganizerSlug } from '../../../drizzle/seed/seed-accounts.ts';
import { deskStops } from './desk-stops.ts';
import { doorStops } from './door-stops.ts';
import { enterStage, queueStages } from './queue-stages.ts';
import { orderStates } from './seed-sales.ts';
import type { Stop } from './stop.ts';
import { type TourWorld, tourEventId, tourQueueSlug, tourSlug } from './world.ts';

/** Every page in every state that a user can see. */
export function stopsOf(world: TourWorld): readonly Stop[] {
  return [
    ...publicStops(),
    ...orderStops(world),
    ...queueStops(),
    ...linkStops(),
    ...doorStops(world),
    ...deskStops(world),
    ...operatorStops(world),
  ];
}

function operatorStops({ deadLetterId }: TourWorld): readonly Stop[] {
  const at = (name: string, path: string, route = path): Stop => ({
    name: `operator ${name}`,
    route,
    path,
    as: 'operator',
  });
  return [
    at('switches', '/operator'),
    at('dead letters', '/operator/dead-letters'),
    at('dead letter', `/operator/dead-letters/${deadLetterId}`, '/operator/dead-letters/:id'),
    at('organizers', '/operator/organizers'),
  ];
}

const seen = (selector: string) => async (page: Page) => {
  await page.waitForSelector(selector);
};

function publicStops(): readonly Stop[] {
  const event = `/events/${tourSlug}`;
  const choose = async (page: Page) => {
    await page.click('[data-step="1"]:not([disabled])');
  };
  return [
    { name: 'home', route: '/', path: '/' },
    { name: 'organiser', route: '/o/:slug', path: `/o/${demoOrganizerSlug}` },
    { name: 'missing', route: '/*', path: '/nothing-here', status: 404 },
    { name: 'event', route: '/events/:slug', path: event },
    { name: 'event chosen', route: '/events/:slug', path: event, after: choose },
    {
      name: 'event faults',
      route: '/events/:slug',
      path: event,
      after: async (page) => {
        await choose(page);
        await page.click('#place');
        await page.waitForSelector('#name-error:not([hidden])');
      },
    },
    { name: 'event privacy', route: '/events/:slug/privacy', path: `${event}/privacy` },
    { name: 'event terms', route: '/events/:slug/terms', path: `${event}/terms` },
    { name: 'event upcoming', route: '/events/:slug', path: '/events/gema-nusantara' },
    { name: 'event with a waiting room', route: '/events/:slug', path: `/events/${tourQueueSlug}` },
    {
      name: 'event waiting list',
      route: '/events/:slug/waiting-list',
      path: '/events/temu-warga-web-bandung/waiting-list',
      after: seen('#submit:not([disabled])'),
    },
    {
      name: 'event waiting list before the sale',
      route: '/events/:slug/waiting-list',
      path: '/events/wayang-kota-surabaya/waiting-list',
    },
    { name: 'event sold out', route: '/events/:slug', path: '/events/temu-warga-web-bandung' },
    { name: 'event not on sale', route: '/events/:slug', path: '/events/wayang-kota-surabaya' },
    { name: 'find order', route: '/find-order', path: '/find-order' },
    {
      name: 'find order faults',
      route: '/find-order',
      path: '/find-order',
      after: async (page) => {
        await page.click('#submit:not([disabled])');
        await page.waitForSelector('#email-error:not([hidden])');
      },
    },
    {
      name: 'find order done',
      route: '/find-order',
      path: '/find-order',
      after: async (page) => {
        // One address gets three codes an hour, but the pictures need four.
        await page.fill('#email', `ayu.${randomUUID()}@contoh.example`);
        await page.click('#submit:not([disabled])');
        await page.waitForSelector('#done:not([hidden])');
      },
    },
  ];
}

function orderStops({ sold, received, waiting }: TourWorld): readonly Stop[] {
  const route = '/orders/:id';
  const shown = seen('#order:not([hidden])');
  return [
    {
      name: 'order missing',
      route,
      path: `/orders/ord_${tourEventId.slice(4)}00000000000000000000`,
      after: seen('#missing:not([hidden])'),
    },
    ...orderStates.map((state) => ({
      name: `order ${state}`,
      route,
      path: `/orders/${sold[state].id}`,
      fragment: `#${sold[state].token}`,
      after: shown,
    })),
    {
      name: 'order giving a ticket',
      route,
      path: `/orders/${sold.paid.id}`,
      fragment: `#${sold.paid.token}`,
      after: async (page) => {
        await page.click('#transfers summary');
        await page.click('#transfer-give:not([disabled])');
        await page.waitForSelector('#email-error:not([hidden])');
      },
    },
    {
      name: 'ticket waiting list missing',
      route: '/waiting-list/:id',
      path: `/waiting-list/wtl_${tourEventId.slice(4)}00000000000000000000`,
      after: seen('#missing:not([hidden])'),
    },
    {
      name: 'ticket waiting list',
      route: '/waiting-list/:id',
      path: `/waiting-list/${waiting.id}`,
      fragment: `#${waiting.token}`,
      after: seen('#entry:not([hidden])'),
    },
    {
      name: 'ticket missing',
      route: '/tickets/:id',
      path: `/tickets/tkt_${tourEventId.slice(4)}00000000000000000000001`,
      after: seen('#missing:not([hidden])'),
    },
    {
      name: 'ticket received',
      route: '/tickets/:id',
      path: `/tickets/${received.id}`,
      fragment: `#${received.token}`,
      after: seen('#ticket:not([hidden])'),
    },
    {
      name: 'order cancel',
      route,
      path: `/orders/${sold.pending.id}`,
      fragment: `#${sold.pending.token}`,
      after: async (page) => {
        await page.click('#cancel');
        await page.waitForSelector('#cancel-dialog[open]');
      },
    },
  ];
}

function queueStops(): readonly Stop[] {
  const route = '/events/:slug/queue';
  const path = `/events/${tourQueueSlug}/queue`;
  return queueStages.map((stage) => ({
    name: `queue ${stage}`,
    route,
    path,
    before: (page) => enterStage(page, stage),
    after: seen(`#stage[data-kind="${stage}"]`),
  }));
}

function linkStops(): readonly Stop[] {
  const fragment = '#token=tok_00000000000000000000.none';
  return [
    { name: 'invitation', route: '/desk/invitation', path: '/desk/invitation', fragment },
    { name: 'invitation without a link', route: '/desk/invitation', path: '/desk/invitation' },
    { name: 'password reset', route: '/desk/password-reset', path: '/desk/password-reset' },
    { name: 'password reset link', route: '/desk/password-reset', path: '/desk/password-reset', fragment },
    { name: 'report', route: '/desk/report', path: '/desk/report', fragment },
    { name: 'report without a link', route: '/desk/report', path: '/desk/report' },
  ];
}
