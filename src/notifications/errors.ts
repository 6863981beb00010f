import { refusalsOf } from '../platform/errors.ts';

export const notificationProblems = {
  'notification.callback_refused': { status: 403, title: 'Callback refused' },
  'notification.resend_limited': { status: 429, title: 'Sent too often' },
  'notification.nothing_to_send': { status: 409, title: 'Nothing to send' },
  'announcement.not_found': { status: 404, title: 'Announcement not found' },
  'announcement.preview_stale': { status: 409, title: 'Preview is stale' },
  'notice.not_found': { status: 404, title: 'Notice not found' },
  'notice.ended': { status: 409, title: 'Notice has ended' },
  'announcement.ended': { status: 409, title: 'Announcement has ended' },
  'announcement.reaches_nobody': { status: 409, title: 'Nobody to tell' },
  'announcement.limited': { status: 429, title: 'Announced too often' },
  'announcement.limit_reached': { status: 409, title: 'Too many drafts' },
  'news.link_not_found': { status: 404, title: 'Link not found' },
  'suppression.not_found': { status: 404, title: 'Suppression not found' },
  'sender.not_found': { status: 404, title: 'Sender not found' },
  'sender.already_exists': { status: 409, title: 'Sender already exists' },
  'sender.no_templates': { status: 409, title: 'Sender without templates' },
  'message_test.no_phone': { status: 409, title: 'No phone to test with' },
  'message_test.limited': { status: 429, title: 'Tested too often' },
  'message_test.not_found': { status: 404, title: 'Test not found' },
  'sender.limit_reached': { status: 409, title: 'Too many senders' },
  'webhook.not_found': { status: 404, title: 'Webhook endpoint not found' },
  'webhook.limit_reached': { status: 409, title: 'Too many webhook endpoints' },
  'webhook.address_refused': { status: 400, title: 'Webhook address refused' },
  'webhook.not_active': { status: 409, title: 'Webhook endpoint not active' },
  'webhook.test_limited': { status: 429, title: 'Tested too often' },
  'webhook.replay_limited': { status: 429, title: 'Replayed too often' },
  'webhook_delivery.not_found': { status: 404, title: 'Webhook delivery not found' },
} as const;

export type NotificationErrorCode = keyof typeof notificationProblems;

const { refusal, tryLater } = refusalsOf<NotificationErrorCode>();

/** One answer for a wrong signature, a wrong token and an unknown number. */
export const callbackRefused = () =>
  refusal('notification.callback_refused', 'The origin of the callback could not be verified.');

export const resendLimited = (retryAfterSeconds: number) =>
  tryLater(
    'notification.resend_limited',
    'The tickets of this order were sent again too often; wait a while.',
    retryAfterSeconds,
  );

export const nothingToSend = () => refusal('notification.nothing_to_send', 'This order has no tickets to send.');

export const announcementNotFound = () =>
  refusal('announcement.not_found', 'There is no such announcement of this event.');

/** Also for a token of another preview: it confirms something else than what would be sent. */
export const previewStale = () =>
  refusal(
    'announcement.preview_stale',
    'The message or its recipients have changed, or the preview is too old; preview it again.',
  );

export const noticeNotFound = () => refusal('notice.not_found', 'There is no such notice of this event.');

/** Also for a change that was taken back, because nobody is told of it. */
export const noticeEnded = () =>
  refusal('notice.ended', 'This notice is being sent or has ended; nothing waits for a confirmation.');

export const announcementEnded = () =>
  refusal('announcement.ended', 'This announcement was already sent or cancelled.');

export const announcementReachesNobody = () =>
  refusal('announcement.reaches_nobody', 'No buyer of the event is in this audience.');

export const announcementLimited = (max: number, retryAfterSeconds: number) =>
  tryLater('announcement.limited', `An event may send ${max} announcements of this kind a day.`, retryAfterSeconds, {
    max,
  });

export const tooManyDrafts = (max: number) =>
  refusal('announcement.limit_reached', `The limit of ${max} drafts is reached; confirm or cancel one first.`, { max });

export const newsLinkNotFound = () => refusal('news.link_not_found', 'There is no such unsubscribe link.');

export const suppressionNotFound = () => refusal('suppression.not_found', 'There is no such suppressed recipient.');

export const senderNotFound = () => refusal('sender.not_found', 'There is no such sender in use.');

export const messageTestNoPhone = () =>
  refusal('message_test.no_phone', 'The profile of the organiser has no mobile phone that the test could go to.');

export const messageTestLimited = (retryAfterSeconds: number) =>
  tryLater('message_test.limited', 'This address was sent too many tests; wait a while.', retryAfterSeconds);

export const messageTestNotFound = () => refusal('message_test.not_found', 'There is no such test.');

export const senderExists = () => refusal('sender.already_exists', 'This number is already in use.');

export const senderLimitReached = (max: number) =>
  refusal('sender.limit_reached', `The limit of ${max} senders is reached; disable one first.`, { max });

export const senderHasNoTemplates = () =>
  refusal('sender.no_templates', 'Only senders of the Cloud API with a businessAccountId have templates.');

export const endpointNotFound = () => refusal('webhook.not_found', 'There is no such webhook endpoint.');

export const endpointLimitReached = (max: number) =>
  refusal('webhook.limit_reached', `The limit of ${max} webhook endpoints is reached; delete one first.`, { max });

export type AddressFault = 'not_https' | 'has_credentials' | 'has_fragment' | 'port' | 'not_public';

const addressFaults: Readonly<Record<AddressFault, string>> = {
  not_https: 'A webhook address must begin with https://.',
  has_credentials: 'A webhook address must not contain a user name or password; verify the signature instead.',
  has_fragment: 'A webhook address must not have a fragment.',
  port: 'Webhooks go to port 443 or 8443.',
  not_public: 'The host of the address must resolve to public addresses only.',
};

export const webhookAddressRefused = (reason: AddressFault) =>
  refusal('webhook.address_refused', addressFaults[reason], { reason });

export const endpointNotActive = () =>
  refusal('webhook.not_active', 'This webhook endpoint is disabled; activate it first.');

export const endpointReplayLimited = (retryAfterSeconds: number) =>
  tryLater(
    'webhook.replay_limited',
    'Everything was sent to this webhook endpoint again too often; wait a while.',
    retryAfterSeconds,
  );
export const endpointTestLimited = (retryAfterSeconds: number) =>
  tryLater('webhook.test_limited', 'This webhook endpoint was tested too often; wait a while.', retryAfterSeconds);

export const webhookDeliveryNotFound = () =>
  refusal('webhook_delivery.not_found', 'There is no such webhook delivery to this endpoint.');
