/**
 * Notifications: facts about orders, staff and codes for buyers become messages by email and WhatsApp.
 *
 * Promises
 *  1. A fact becomes its deliveries once: (subject, template, channel, recipient, version) is unique.
 *  2. Every paid order has a mail; WhatsApp is extra, where a number may send and money has come or the buyer has confirmed
 *     the phone.
 *  3. A delivery is sent until its provider has taken it or refused it for good, or two days are over.
 *  4. A mail that is sent again after a crash has the same Message-ID; a WhatsApp message whose fate is unknown is not
 *     sent again before a status had three minutes to tell of it.
 *  5. Addresses, names and ticket codes are read when a message is made, and kept nowhere else.
 *  6. A recipient that a provider refused for good is not tried again on that channel.
 *  7. Statuses may come in any order and any number of times: the furthest counts.
 *  8. A recipient gets no more messages in an hour than `caps.ts` allows. The caps hold for every asker, every spelling of
 *     the address and all processes together. Messages about money that has come are not capped, and no stranger can use up another's share.
 *  9. Who holds tickets of an event hears once that it is off or has moved; edits that follow each other are one message.
 *
 * A delivery
 *
 *   (none) --notifyOrder, notifyStaff, notifyBuyer, resendTickets, tellHoldersOfEvent--> capped (by queue_deliveries; never sent)
 *   (none) --the same--> queued --sendDelivery--> sending --sendDelivery--> accepted
 *                                                         ^                        |  |
 *                                                         +---- temporary refusal -+  +--> failed, suppressed
 *   sending --no answer (WhatsApp)--> unknown --receiveStatuses--> sent | delivered | read | failed
 *                                        \--recoverDeliveries, sendDelivery--> sending
 *   accepted --receiveStatuses--> sent --> delivered --> read;  accepted, sent --receiveStatuses--> failed
 */
export { createDeliveries } from './deliveries/deliveries.ts';
export { createEmailChannel } from './channels/email.ts';
export { mailSettings } from './channels/mail-settings.ts';
export { createWhatsappChannel } from './channels/whatsapp/whatsapp-channel.ts';
export { notifyBuyer, notifyMember, notifyOrder, notifyStaff } from './notices/notify.ts';
export { recoverDeliveries } from './deliveries/recover-deliveries.ts';
export { tellHoldersOfEvent } from './notices/tell-holders.ts';
export { pollTemplates } from './senders/sender-templates.ts';
export { purgeMessages } from './inbound/purge-messages.ts';
export { sendDelivery, type SendDeliveryDeps } from './deliveries/send-delivery.ts';
export type { ReportMailData } from './templates/report-ready.ts';
