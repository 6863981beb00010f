import type { Page } from 'playwright-core';
import { demoId } from '../../../drizzle/seed/demo-id.ts';
import { tourNoticeId, tourQuestionId } from './seed-sales.ts';
import type { Stop } from './stop.ts';
import { type TourWorld, tourCategory, tourEventId, tourQueueEventId, tourSlug } from './world.ts';

/** The desk: full for the owner of the demo, empty for a newcomer, and its forms with faults. */
export function deskStops({ desk, sold }: TourWorld): readonly Stop[] {
  const event = `/desk/events/${tourEventId}`;
  const draft = `/desk/events/${desk.draftId}`;
  const categories = '/tickets/categories';
  const parts = [
    '',
    '/details',
    '/picture',
    '/publication',
    '/call-off',
    '/move',
    '/postpone',
    '/notices',
    '/duplicate',
    '/schedule',
    '/waiting-room',
    '/tickets',
    '/gates',
    '/tickets/pools/new',
    `${categories}/new`,
    '/promo-codes',
    '/questions',
    '/preview',
    '/orders',
    '/gifts',
    '/attendees',
    '/sale',
    '/sale/replay',
    '/sale/conflicts',
    '/devices',
    '/announcements',
    '/announcements/new',
  ];
  const sections = [
    '',
    '/orders',
    '/tasks',
    '/reports',
    '/team',
    '/profile',
    '/connections',
    '/webhooks',
    '/message-texts',
    '/inbound-messages',
    '/suppressions',
    '/personal-data',
    '/log',
    '/api-keys',
  ];
  const order = `/desk/orders/${sold.paid.id}`;
  const loss = `/desk/tasks/${desk.lossTaskId}/loss`;
  const at = (path: string, route: string): Stop => ({ name: nameOf(route), route, path, as: 'owner' });
  const part = (of: string) => `/desk/events/:eventId${of}`;
  return [
    { name: 'desk sign-in', route: '/desk/sign-in', path: '/desk/sign-in' },
    { name: 'desk sign-in faults', route: '/desk/sign-in', path: '/desk/sign-in', after: refused },
    { name: 'desk sign-up', route: '/desk/sign-up', path: '/desk/sign-up' },
    { name: 'desk sign-up sent', route: '/desk/sign-up/sent', path: '/desk/sign-up/sent' },
    { name: 'desk sign-up faults', route: '/desk/sign-up', path: '/desk/sign-up', after: refused },
    ...sections.map((section) => at(`/desk${section}`, `/desk${section}`)),
    ...sections.map(
      (section): Stop => ({
        ...at(`/desk${section}`, `/desk${section}`),
        as: 'newcomer',
        name: `${nameOf(`/desk${section}`)} empty`,
      }),
    ),
    at('/desk/events/new', '/desk/events/new'),
    { ...at('/desk/events/new', '/desk/events/new'), name: 'desk events new faults', after: refused },
    ...parts.map((of) => at(`${event}${of}`, part(of))),
    ...[
      '',
      '/publication',
      '/preview',
      '/tickets',
      '/orders',
      '/attendees',
      '/sale',
      '/schedule',
      '/announcements',
    ].map((of): Stop => ({ ...at(`${draft}${of}`, part(of)), name: `${nameOf(part(of))} empty` })),
    {
      ...at(`/desk/events/${tourQueueEventId}/waiting-room`, part('/waiting-room')),
      name: 'desk event waiting-room planned',
    },
    at(`${event}/schedule/${demoId('sch', tourSlug, 'Rumah Kaca')}`, part('/schedule/:itemId')),
    at(`${event}/tickets/pools/${demoId('pol', tourSlug, 'Lapangan')}`, part('/tickets/pools/:poolId')),
    at(`${event}${categories}/${tourCategory('Festival')}`, part(`${categories}/:categoryId`)),
    at(`${event}${categories}/${tourCategory('Festival')}/delete`, part(`${categories}/:categoryId/delete`)),
    at(`${event}/notices/${tourNoticeId}`, part('/notices/:noticeId')),
    at(`${event}/questions/${tourQuestionId}`, part('/questions/:questionId')),
    at(`${event}/announcements/${desk.announcementId}`, part('/announcements/:announcementId')),
    at(`${event}/gates/${desk.gateId}`, part('/gates/:gateId')),
    at(`${event}/zones/${desk.zoneId}`, part('/zones/:zoneId')),
    at(order, '/desk/orders/:orderId'),
    at(`${order}/cancellation`, '/desk/orders/:orderId/cancellation'),
    at(`${order}/names`, '/desk/orders/:orderId/names'),
    at(`${order}/refund`, '/desk/orders/:orderId/refund'),
    // The sandbox has no payment of this order, so nothing can be refunded.
    { ...at(`${order}/refund/preview`, '/desk/orders/:orderId/refund/preview'), status: 409 },
    at(loss, '/desk/tasks/:taskId/loss'),
    { ...at(loss, '/desk/tasks/:taskId/loss'), name: 'desk tasks loss faults', after: refused },
    at(`/desk/team/${desk.staffId}`, '/desk/team/:staffId'),
    at(`/desk/connections/tests/${desk.messageTestId}`, '/desk/connections/tests/:testId'),
    {
      ...at('/desk/connections/numbers/snd_0', '/desk/connections/numbers/:senderId'),
      name: 'desk connections number missing',
      status: 404,
    },
    at('/desk/message-texts/ticket_issued/id', '/desk/message-texts/:template/:locale'),
    at(`${event}/waiting-room/closure`, part('/waiting-room/closure')),
    at('/desk/connections/senders/waha', '/desk/connections/senders/:kind'),
    at(`/desk/webhooks/${desk.endpointId}`, '/desk/webhooks/:endpointId'),
    { ...at('/desk/log', '/desk/log'), name: 'desk log filtered', after: filterLog },
    { ...at('/desk/orders/ord_0', '/desk/orders/:orderId'), name: 'desk missing', status: 404 },
  ];
}

const nameOf = (route: string) =>
  route.replace('/desk/events/:eventId', '/desk/event').replaceAll(/[:/]+/g, ' ').trim();

/** Submits the form without the browser's validation. */
async function refused(page: Page): Promise<void> {
  await page.evaluate("document.querySelector('main form').noValidate = true");
  await page.click('main form .button-main');
  await page.waitForSelector('[role="alert"]');
}

async function filterLog(page: Page): Promise<void> {
  await page.click('main details summary');
  await page.selectOption('#filter-act', 'event');
  await page.fill('#filter-from', '2020-01-01');
  await page.click('main details button');
  await page.waitForURL(/act=event/);
}
