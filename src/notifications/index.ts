/**
 * Notifications: facts about orders, staff and codes for buyers become messages by email and WhatsApp.
 *
 * Promises
 *  1. A fact becomes its deliveries once: (subject, template, channel, recipient, version) is unique.
 *  2. Every paid order has a mail; WhatsApp is extra, where a number may send and money has come or the buyer has confirmed
 *     the phone.
 *  3. A delivery is sent until its provider has accepted it or refused it permanently, or two days are over. A WhatsApp message
 *     that no sender can send is left to the mail that says the same.
 *  4. A mail that is sent again after a crash has the same Message-ID. A WhatsApp message with an unknown outcome is sent again only
 *     after three minutes without a status, and never if its provider reports no status.
 *  5. Addresses, names and ticket codes are read when a message is made, and kept nowhere else.
 *  6. A recipient that a provider refused permanently, or that complained, is not tried again on that channel.
 *  7. Statuses may arrive in any order and any number of times: the furthest one counts.
 *  8. A recipient gets no more messages in an hour than `caps.ts` allows. The caps hold for every asker, every spelling of
 *     the address and all processes together. Messages about money that has come are not capped, and no stranger can use up another's share.
 *  9. Ticket holders are told once that the event was called off or has moved; consecutive edits are one message.
 * 10. A fact that an organiser's endpoint subscribes to is recorded once, in the transaction that makes it true; nothing is written for
 *     an organiser without an endpoint. It is sent to each endpoint until accepted, for three days, in order per subject
 *     (`docs/features/webhooks.md`).
 * 11. Webhooks go to public addresses only, whatever a name resolves to at that moment.
 * 12. Another sender is tried only if the message was certainly not accepted. No sender exceeds its daily cap.
 * 13. STOP, and the link in news, end news but never tickets. Inbound messages are kept encrypted for 30 days.
 * 14. An organiser's own text is sent only after the organiser has confirmed exactly this text and these recipients. Each
 *     address gets an announcement once, and news only if its buyer has agreed.
 *
 * A delivery
 *
 *   (none) --notifyOrder, notifyStaff, notifyBuyer, resendTickets, tellHoldersOfEvent, sendAnnouncement, remindOfPayments--> capped (by queue_deliveries; never sent)
 *   (none) --the same--> queued --sendDelivery--> sending --sendDelivery--> accepted
 *                                                         ^                        |  |
 *                                                         +---- temporary refusal -+  +--> failed, suppressed
 *   sending --no answer (WhatsApp)--> unknown --receiveCallback--> sent | delivered | read | failed
 *                                        \--recoverDeliveries, sendDelivery--> sending
 *   queued, sending, accepted --receiveMail (bounce, complaint)--> failed
 *   accepted --receiveCallback--> sent --> delivered --> read;  accepted, sent --receiveCallback--> failed
 *
 * An announcement
 *
 *   (none) --draftAnnouncement--> draft --confirmAnnouncement--> sending --sendAnnouncement--> sent
 *   (none) --makeReminders--> sending;  draft, sending --cancelAnnouncement--> cancelled
 *
 * A webhook on its way to one endpoint
 *
 *   (none) --note_facts, replayWebhooksSince, sendTestWebhook--> pending --sendWebhooksOf--> delivered | failed --replay--> pending
 */
export { alertRoutes } from './alerts/routes.ts';
export { makeReminders } from './announcements/make-reminders.ts';
export { remindOfPayments } from './announcements/remind-of-payments.ts';
export { sendAnnouncement } from './announcements/send-announcement.ts';
export { createDeliveries } from './deliveries/deliveries.ts';
export { createEmailChannel } from './channels/email.ts';
export { mailSettings } from './channels/mail-settings.ts';
export { createWhatsappChannel } from './channels/whatsapp/whatsapp-channel.ts';
export { notifyBuyer, notifyMember, notifyOrder, notifyStaff, notifyUnpaid } from './notices/notify.ts';
export { notifyTakenBack } from './notices/tickets-taken-back.ts';
export { createPaidLooks } from './deliveries/paid-looks.ts';
export { recoverDeliveries } from './deliveries/recover-deliveries.ts';
export { tellHoldersOfEvent } from './notices/tell-holders.ts';
export { submitTemplates } from './senders/submit-templates.ts';
export { pollTemplates } from './senders/sender-templates.ts';
export { openInbound } from './inbound/store-inbound.ts';
export { purgeMessages } from './inbound/purge-messages.ts';
export { createAddressGuard } from './webhooks/address-guard.ts';
export { purgeWebhooks } from './webhooks/log/purge-webhooks.ts';
export { createEndpointCaller } from './webhooks/sending/call-endpoint.ts';
export { giveWebhookTurns } from './webhooks/sending/give-turns.ts';
export { notifyOwners } from './webhooks/sending/notify-owners.ts';
export { type SendWebhooksDeps, sendWebhooksOf } from './webhooks/sending/send-webhooks.ts';
export { sendDelivery, type SendDeliveryDeps } from './deliveries/send-delivery.ts';
export type { ReportMailData } from './templates/report-mail.ts';
export { createNoteEventChange } from './notices/note-event-change.ts';
export { createHolderMessages } from './deliveries/holder-messages.ts';
