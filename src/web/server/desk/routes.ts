import { Hono } from 'hono';
import { type DeskDeps, createAddPage } from './answer.ts';
import { duplicatePage } from './events/editor/duplicate.ts';
import { eventDetailsPages } from './events/editor/event-details.ts';
import { eventListPage } from './events/event-list.ts';
import { eventOverviewPage } from './events/event-overview.ts';
import { conflictPage } from './events/door/conflicts.ts';
import { gatePages } from './events/door/gates.ts';
import { movingPages } from './events/moving.ts';
import { newEventPage } from './events/editor/new-event.ts';
import { picturePage } from './events/public-page/picture.ts';
import { previewPage } from './events/public-page/preview.ts';
import { publicationPages } from './events/public-page/publication.ts';
import { connectionPages } from './connections/connections.ts';
import { messageTestPage } from './connections/message-tests.ts';
import { senderLimitPages } from './connections/sender-limits.ts';
import { webhookPages } from './connections/webhooks.ts';
import { auditLogPage } from './log/audit-log.ts';
import { taskPage } from './log/tasks.ts';
import { attendeePage } from './orders/attendees.ts';
import { giftPage } from './orders/gifts.ts';
import { announcementPages } from './messages/announcements.ts';
import { answerPages } from './messages/answers.ts';
import { messageTextPages } from './messages/message-texts.ts';
import { noticePages } from './messages/notices.ts';
import { orderNamesPage } from './orders/order-names.ts';
import { orderPages } from './orders/order-page.ts';
import { personalDataPage } from './orders/personal-data.ts';
import { orderRefundPages } from './orders/order-refund.ts';
import { orderSearchPages } from './orders/order-search.ts';
import { profilePage } from './profile/profile.ts';
import { reportPages } from './reports/reports.ts';
import { liveSalePage } from './sale/live-sale.ts';
import { saleReplayPage } from './sale/replay.ts';
import { saleStream, saleStreamPath } from './sale/sale-stream.ts';
import { apiKeyPages } from './team/api-keys.ts';
import { devicePages } from './team/devices.ts';
import { staffPages } from './team/staff.ts';
import { schedulePages } from './events/public-page/schedule.ts';
import { waitingRoomPages } from './events/waiting-room.ts';
import { zonePage } from './events/door/zones.ts';
import { signInRoutes } from './sign-in/routes.ts';
import { categoryPages } from './tickets/category-pages.ts';
import { poolPages } from './tickets/pool-pages.ts';
import { promoCodePages } from './tickets/promo-codes.ts';
import { questionPages } from './tickets/questions.ts';
import { ticketsPage } from './tickets/tickets-page.ts';

/**
 * The organiser's desk.
 *
 * Promises
 * 1. A page can do what the organiser's API can, and nothing else: it calls the API with the member's own session, so roles, limits,
 *    validation and the audit log are those of the API.
 * 2. Every page works without script. A form is sent by POST and answered with a redirect, or with the same page and its faults.
 * 3. Another site cannot make a member change anything: the session cookie is SameSite=Strict, and a form must come from our origin
 *    and carry the session's form token.
 * 4. No cache keeps a page, and no script can read the session.
 */
export function deskRoutes(deps: DeskDeps): Hono {
  const routes = new Hono();
  const addPage = createAddPage(deps, routes);
  routes.route('/', signInRoutes(deps));
  routes.get(saleStreamPath, saleStream(deps));
  for (const add of [eventListPage, newEventPage, eventOverviewPage, eventDetailsPages, publicationPages]) add(addPage);
  for (const add of [picturePage, previewPage, duplicatePage, schedulePages, waitingRoomPages]) add(addPage);
  for (const add of [ticketsPage, gatePages, zonePage, poolPages, categoryPages, promoCodePages]) add(addPage);
  for (const add of [orderSearchPages, orderPages, orderNamesPage, orderRefundPages, giftPage, attendeePage])
    add(addPage);
  for (const add of [liveSalePage, saleReplayPage, conflictPage, taskPage, auditLogPage, reportPages]) add(addPage);
  for (const add of [staffPages, devicePages, apiKeyPages, connectionPages, messageTestPage, webhookPages])
    add(addPage);
  for (const add of [announcementPages, noticePages, messageTextPages, answerPages, movingPages]) add(addPage);
  for (const add of [questionPages, profilePage, senderLimitPages, personalDataPage]) add(addPage);
  return routes;
}
