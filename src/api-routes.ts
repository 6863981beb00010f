import { accessRoutes } from './access/routes.ts';
import { buyerRoutes } from './access/buyers/routes.ts';
import { organizerRoutes } from './catalog/routes.ts';
import { publicRoutes } from './catalog/public/routes.ts';
import { gateRoutes } from './check-in/gates/routes.ts';
import { offlineRoutes } from './check-in/offline/routes.ts';
import { checkInRoutes } from './check-in/routes.ts';
import { doorSettingsRoutes } from './check-in/settings/routes.ts';
import type { Service } from './compose.ts';
import { createRouter } from './http/contract/router.ts';
import { liveRoutes } from './live/routes.ts';
import { notificationCallbackRoutes } from './notifications/callbacks/routes.ts';
import { inboundRoutes } from './notifications/inbound/routes.ts';
import { announcementRoutes } from './notifications/announcements/routes.ts';
import { messageTextRoutes } from './notifications/message-texts/routes.ts';
import { noticeRoutes } from './notifications/notices/routes.ts';
import { newsRoutes } from './notifications/news/routes.ts';
import { unsubscribeRoutes } from './notifications/news/unsubscribing/routes.ts';
import { notificationRoutes } from './notifications/routes.ts';
import { senderRoutes } from './notifications/senders/routes.ts';
import { suppressionRoutes } from './notifications/suppressions/routes.ts';
import { webhookEndpointRoutes } from './notifications/webhooks/endpoints/routes.ts';
import { webhookLogRoutes } from './notifications/webhooks/log/routes.ts';
import { deskViewRoutes } from './desk/routes.ts';
import { deskRoutes } from './orders/desk/routes.ts';
import { orderRoutes, phoneReadingRoutes } from './orders/buyer/routes.ts';
import { placementRoutes } from './orders/placement/routes.ts';
import { poolRoutes } from './orders/pools/routes.ts';
import { promoCodeRoutes } from './orders/promo-codes/routes.ts';
import { orderSearchRoutes } from './orders/search/routes.ts';
import { ticketCodeRoutes } from './orders/tickets/codes/routes.ts';
import { ticketRoutes } from './orders/tickets/routes.ts';
import { paymentRoutes } from './payments/routes.ts';
import { reportRoutes } from './reports/routes.ts';
import { drawRoutes } from './waiting-room/draw/routes.ts';
import { passRoutes } from './waiting-room/places/pass-routes.ts';
import { placeRoutes } from './waiting-room/places/routes.ts';
import { waitingRoomRoutes } from './waiting-room/rooms/routes.ts';

/** The routes of the API, by room. The desk's typed client is made of this type. */
export function createRoutes(service: Service) {
  return createRouter()
    .route('/', publicRoutes(service.publicReads))
    .route('/', drawRoutes(service))
    .route('/', placeRoutes(service))
    .route('/', passRoutes(service))
    .route('/', waitingRoomRoutes(service))
    .route('/', placementRoutes(service))
    .route('/', orderRoutes(service))
    .route('/', ticketRoutes(service))
    .route('/', ticketCodeRoutes(service))
    .route('/', phoneReadingRoutes(service))
    .route('/', paymentRoutes(service))
    .route('/', checkInRoutes(service))
    .route('/', offlineRoutes(service))
    .route('/', doorSettingsRoutes(service))
    .route('/', notificationRoutes(service))
    .route('/', senderRoutes(service))
    .route('/', messageTextRoutes(service))
    .route('/', announcementRoutes(service))
    .route('/', noticeRoutes(service))
    .route('/', inboundRoutes(service))
    .route('/', newsRoutes(service))
    .route('/', unsubscribeRoutes(service))
    .route('/', suppressionRoutes(service))
    .route('/', notificationCallbackRoutes(service))
    .route('/', webhookEndpointRoutes(service))
    .route('/', webhookLogRoutes(service))
    .route('/', accessRoutes(service))
    .route('/', buyerRoutes(service))
    .route('/', organizerRoutes(service))
    .route('/', poolRoutes(service))
    .route('/', promoCodeRoutes(service))
    .route('/', deskRoutes(service))
    .route('/', orderSearchRoutes(service))
    .route('/', deskViewRoutes(service))
    .route('/', reportRoutes(service))
    .route('/', liveRoutes(service))
    .route('/', gateRoutes(service));
}

export type ApiRoutes = ReturnType<typeof createRoutes>;
