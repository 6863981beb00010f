/**
 * Notifications: facts about orders, staff and codes for buyers become messages by email and WhatsApp.
 *
 * Promises
 *  1. A fact becomes its deliveries once: (subject, template, channel, recipient, version) is unique.
 *  2. Every paid order has a mail; WhatsApp is extra, where the buyer gave a phone and a number may send.
 *  3. A delivery is sent until its provider has taken it or refused it for good, or two days are over.
 *  4. A mail that is sent again after a crash has the same Message-ID; a WhatsApp message whose fate is unknown is not
 *     sent again before a status had three minutes to tell of it.
 *  5. Addresses, names and ticket codes are read when a message is made, and kept nowhere else.
 *  6. A recipient that a provider refused for good is not tried again on that channel.
 *  7. Statuses may come in any order and any number of times: the furthest counts.
 *
 * A delivery
 *
 *   (none) --notifyOrder, notifyStaff, notifyBuyer, resendTickets--> queued --sendDelivery--> sending --sendDelivery--> accepted
 *                                                         ^                        |  |
 *                                                         +---- temporary refusal -+  +--> failed, suppressed
 *   sending --no answer (WhatsApp)--> unknown --receiveStatuses--> sent | delivered | read | failed
 *                                        \--recoverDeliveries, sendDelivery--> sending
 *   accepted --receiveStatuses--> sent --> delivered --> read;  accepted, sent --receiveStatuses--> failed
 */
export { createDeliveries, type Deliveries } from './deliveries.ts';
export { createEmailChannel } from './channels/email.ts';
export { createWhatsappChannel } from './channels/whatsapp-cloud.ts';
export type { EmailChannel, WhatsappChannel } from './channel.ts';
export { createSender } from './create-sender.ts';
export { notifyBuyer } from './notify-buyer.ts';
export { notifyOrder } from './notify-order.ts';
export { notifyStaff } from './notify-staff.ts';
export { recoverDeliveries } from './recover-deliveries.ts';
export { resendTickets } from './resend-tickets.ts';
export { sealSenderCredentials, type SenderCredentials } from './sender-credentials.ts';
export { sendDelivery, type SendDeliveryDeps } from './send-delivery.ts';
