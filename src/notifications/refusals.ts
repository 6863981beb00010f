/** What the operations of this room refuse with, by their names in the contract (`src/refusals.ts`). */

const event = ['event.not_found'] as const;
const order = ['order.not_found'] as const;
const announcement = [...event, 'announcement.not_found'] as const;
const notice = [...event, 'notice.not_found'] as const;
const messageCallback = ['notification.callback_refused'] as const;
const messageReport = [...messageCallback, 'request.too_large'] as const;
const endpoint = ['webhook.not_found'] as const;

export const notificationRefusals = {
  resendTickets: [...order, 'notification.resend_limited', 'notification.nothing_to_send'],
  draftAnnouncement: [...event, 'announcement.limit_reached'],
  listAnnouncements: event,
  showAnnouncement: announcement,
  confirmAnnouncement: [
    ...announcement,
    'announcement.preview_stale',
    'announcement.ended',
    'announcement.reaches_nobody',
    'announcement.limited',
  ],
  cancelAnnouncement: [...announcement, 'announcement.ended'],
  listChangeNotices: event,
  showChangeNotice: notice,
  confirmChangeNotice: [...notice, 'announcement.preview_stale', 'notice.ended'],
  cancelChangeNotice: [...notice, 'notice.ended'],
  showMessageSettings: event,
  setMessageSettings: event,
  createSender: ['sender.already_exists', 'sender.limit_reached'],
  listSenders: [],
  disableSender: ['sender.not_found'],
  changeSender: ['sender.not_found'],
  listSenderTemplates: ['sender.not_found'],
  submitSenderTemplates: ['sender.not_found', 'sender.no_templates'],
  listDeliveries: order,
  summarizeDeliveries: event,
  listMessageTexts: [],
  changeMessageText: [],
  resetMessageText: [],
  listInboundMessages: [],
  askToUnsubscribe: ['news.link_not_found'],
  unsubscribe: ['news.link_not_found', 'request.too_large'],
  listSuppressions: [],
  liftSuppression: ['suppression.not_found'],
  giveNewsConsent: [...order, 'access.cross_site'],
  withdrawNewsConsent: [...order, 'access.cross_site'],
  countNewsAudience: event,
  verifyWhatsappCallback: messageCallback,
  receiveWhatsappCallback: messageReport,
  verifyWahaCallback: messageCallback,
  receiveWahaCallback: messageReport,
  verifyFonnteCallback: messageCallback,
  receiveFonnteCallback: messageReport,
  verifyWablasCallback: messageCallback,
  receiveWablasCallback: messageReport,
  receiveMailCallback: messageReport,
  createWebhookEndpoint: ['webhook.address_refused', 'webhook.limit_reached'],
  listWebhookEndpoints: [],
  showWebhookEndpoint: endpoint,
  changeWebhookEndpoint: [...endpoint, 'webhook.address_refused'],
  deleteWebhookEndpoint: endpoint,
  rotateWebhookSecret: endpoint,
  testWebhookEndpoint: [...endpoint, 'webhook.not_active', 'webhook.test_limited'],
  listWebhookDeliveries: endpoint,
  showWebhookDelivery: [...endpoint, 'webhook_delivery.not_found'],
  replayWebhook: [...endpoint, 'webhook.not_active', 'webhook_delivery.not_found'],
  replayWebhooks: [...endpoint, 'webhook.not_active'],
} as const;
