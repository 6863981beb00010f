import { eventIn, isOffCalendar } from '../../catalog/index.ts';
import { orderAccessToken, staffTokenLink, verificationMessage } from '../../access/index.ts';
import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { type TicketKeys, type WriteCode, eventCalendar } from '../../orders/index.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventIdOf, idPatterns, orderCode } from '../../platform/ids.ts';
import { money } from '../../platform/text/money.ts';
import { greetingName } from '../../platform/text/person-name.ts';
import { phoneDigits } from '../../platform/text/phone-number.ts';
import { homeTimeZone } from '../../platform/text/home.ts';
import { composeAnnouncement, composeHolderAnnouncement } from '../announcements/compose-announcement.ts';
import type { Composed, Mail } from '../channel.ts';
import type { Claim } from './queries.ts';
import type { Deliveries } from './deliveries.ts';
import { composeTest } from '../message-tests/compose-test.ts';
import { composeTransfer } from './tell-transfer.ts';
import { composeWaiting } from './tell-waiting.ts';
import { composeHolderNotice } from '../notices/new-holders.ts';
import { composeTicketWithdrawn } from '../notices/tickets-taken-back.ts';
import { findPlanBefore } from '../notices/queries.ts';
import type { OrderTemplate } from './order-rules.ts';
import { sellerOf, withReplyTo } from './seller.ts';
import { type OrderSubject, findPaidBack, findTimeZone } from './subject-queries.ts';
import { paymentExpiringMail } from '../templates/announcement.ts';
import { orderPlacedMail } from '../templates/order-placed.ts';
import type { OrderMailData } from '../templates/order-mail.ts';
import { eventCancelledMail, eventMovedMail, eventPostponedMail } from '../templates/event-notice.ts';
import { buyerCodeMail, buyerCodeMessage } from '../templates/buyer-code.ts';
import { orderCancelledMail, orderLinkMail, orderRefundedMail } from '../templates/order-notice.ts';
import { refundDoneMail } from '../templates/refund-done.ts';
import { type ReportMailData, reportMail } from '../templates/report-mail.ts';
import { staffLinkMail } from '../templates/staff-link.ts';
import { ticketsMail } from '../templates/tickets.ts';
import { composeWebhookDisabled } from '../webhooks/sending/notify-owners.ts';
import { whatsappMessage } from '../templates/whatsapp.ts';

export type ComposeDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly deliveries: Deliveries;
  readonly ticketKeys: TicketKeys;
  readonly config: Pick<Config, 'PUBLIC_URL' | 'ORDER_TOKEN_SECRET' | 'HASH_SECRET' | 'ENCRYPTION_KEY'> &
    Partial<Pick<Config, 'APPLE_PASS_TYPE_ID' | 'GOOGLE_WALLET_ISSUER_ID'>>;
  readonly reportMailOf: ReportMailOf;
};

/**
 * The reports room provides the content and the recipient of the mail; undefined if the report is over, or its member may
 * not read it.
 */
export type ReportMailOf = (
  db: Db,
  reportId: string,
) => Promise<(Omit<ReportMailData, 'name'> & { readonly name: string; readonly email: string }) | undefined>;

type Claimed = Pick<Claim, 'id' | 'subject_id' | 'template' | 'channel' | 'version' | 'recipient_key'>;

/**
 * Makes the message of a delivery from the present data. Undefined if there is nothing to say any more: the link was
 * used, or the tickets were revoked.
 */
export async function composeMessage(deps: ComposeDeps, claim: Claimed): Promise<Composed | undefined> {
  const { template } = claim;
  if (template === 'staff_invitation' || template === 'staff_password_reset') {
    const staff = await staffTokenLink(deps, claim.subject_id);
    if (staff === undefined) return undefined;
    const name = greetingName(staff.name);
    // Anybody may sign up as an organizer, with any name and a stranger's address. Links in the name must not reach the
    // stranger.
    const organizerName = greetingName(staff.organizerName) ?? staff.organizerSlug;
    return {
      channel: 'email',
      to: { name: name ?? '', address: staff.email },
      mail: staffLinkMail({ ...staff, name, organizerName }),
    };
  }
  if (template === 'report_ready' || template === 'report_failed') {
    const report = await deps.reportMailOf(deps.db, claim.subject_id);
    if (report === undefined) return undefined;
    const name = greetingName(report.name);
    return {
      channel: 'email',
      to: { name: name ?? '', address: report.email },
      mail: reportMail({ ...report, name }),
    };
  }
  if (template === 'buyer_code') {
    const buyer = await verificationMessage(deps, claim.subject_id);
    if (buyer === undefined) return undefined;
    if (buyer.channel === 'whatsapp') return { channel: 'whatsapp', to: buyer.to, message: buyerCodeMessage(buyer) };
    const timeZone = (await findTimeZone(deps.db, buyer.eventId)) ?? homeTimeZone;
    return { channel: 'email', to: { name: '', address: buyer.to }, mail: buyerCodeMail({ ...buyer, timeZone }) };
  }
  if (template === 'ticket_received' || template === 'ticket_given') return composeTransfer(deps, claim);
  if (template === 'ticket_withdrawn') return composeTicketWithdrawn(deps, claim);
  if (template === 'waiting_confirm' || template === 'places_offered') return composeWaiting(deps, claim);
  if (template === 'message_test') return composeTest(deps, claim);
  if (template === 'webhook_disabled') return composeWebhookDisabled(deps, claim);
  if (idPatterns.ticket.test(claim.subject_id)) return composeForHolder(deps, claim);
  const subject = await deps.deliveries.orderSubject(eventIdOf(claim.subject_id), claim.subject_id);
  if (subject === undefined) return undefined;
  const writeCode = await deps.ticketKeys.writerOf(subject.event.id);
  if (template === 'event_practical' || template === 'event_news' || template === 'event_reminder') {
    const composed = await composeAnnouncement(deps, claim, subject, orderMailData(deps, subject, writeCode));
    return withReplyTo(composed, subject);
  }
  if (!isStillTrue(template, subject, deps.clock.now())) return undefined;
  return withReplyTo(await composeOrderMessage(deps, { ...claim, template }, subject), subject);
}

/** Buyers are identified by their order; the holder of a ticket that was given on, by the ticket. */
async function composeForHolder(deps: ComposeDeps, claim: Claimed): Promise<Composed | undefined> {
  const { template } = claim;
  switch (template) {
    case 'event_cancelled':
    case 'event_moved':
    case 'event_postponed':
      return composeHolderNotice(deps, { ...claim, template });
    case 'event_practical':
    case 'event_reminder':
      return composeHolderAnnouncement(deps, claim);
    default:
      return undefined;
  }
}

async function composeOrderMessage(
  deps: ComposeDeps,
  claim: Claimed & { readonly template: OrderTemplate },
  subject: OrderSubject,
): Promise<Composed | undefined> {
  const { order } = subject;
  const data = orderMailData(deps, subject, await deps.ticketKeys.writerOf(subject.event.id));
  if (claim.channel === 'whatsapp') {
    const { template } = claim;
    if (template === 'order_link' || template === 'order_placed' || template === 'refund_done') return undefined;
    return {
      channel: 'whatsapp',
      to: phoneDigits(order.buyerPhone),
      message: whatsappMessage(template, data),
    };
  }
  const to = { name: data.buyerName ?? '', address: order.buyerEmail };
  if (claim.template === 'refund_done') {
    const paidBack = await findPaidBack(deps.db, { eventId: subject.event.id, orderId: order.id });
    return paidBack === undefined ? undefined : { channel: 'email', to, mail: refundDoneMail(data, paidBack) };
  }
  if (claim.template !== 'event_moved') return { channel: 'email', to, mail: orderMails[claim.template](data) };
  const before = await findPlanBefore(deps.db, subject.event.id, claim.version);
  return before === undefined ? undefined : { channel: 'email', to, mail: eventMovedMail(data, before) };
}

const orderMails: Readonly<
  Record<Exclude<OrderTemplate, 'event_moved' | 'refund_done'>, (data: OrderMailData) => Mail>
> = {
  tickets: ticketsMail,
  order_cancelled: orderCancelledMail,
  order_refunded: orderRefundedMail,
  order_placed: orderPlacedMail,
  order_link: orderLinkMail,
  order_found: orderLinkMail,
  event_cancelled: eventCancelledMail,
  event_postponed: eventPostponedMail,
  payment_expiring: paymentExpiringMail,
};

function isStillTrue(
  template: OrderTemplate,
  { order, event, tickets, liveTickets }: OrderSubject,
  now: Date,
): boolean {
  switch (template) {
    case 'order_placed':
      return order.status === 'pending_payment';
    case 'order_found':
      return liveTickets > 0;
    case 'tickets':
      return tickets.length > 0;
    case 'order_cancelled':
      return order.status === 'cancelled';
    case 'event_moved':
    case 'event_postponed':
      return (
        event.status === 'published' &&
        liveTickets > 0 &&
        (event.postponedAt !== null) === (template === 'event_postponed')
      );
    case 'payment_expiring':
      return order.status === 'pending_payment' && order.expiresAt > now;
    case 'event_cancelled':
      return event.status === 'cancelled';
    default:
      return true;
  }
}

function orderMailData(deps: ComposeDeps, subject: OrderSubject, writeCode: WriteCode): OrderMailData {
  const { order, organizerName, lines, tickets, liveTickets } = subject;
  const event = eventIn(order.locale, subject.event);
  const token = orderAccessToken(deps.config.ORDER_TOKEN_SECRET, order.id, order.linkVersion);
  return {
    locale: order.locale,
    buyerName: greetingName(order.buyerName),
    organizerName,
    seller: sellerOf(deps.config.PUBLIC_URL, subject),
    event,
    orderCode: orderCode(order.id),
    link: `${deps.config.PUBLIC_URL}/orders/${order.id}#${token}`,
    lines: lines.map((line) => ({
      name: line.name,
      quantity: line.quantity,
      price: money(line.unitPrice, order.currency),
    })),
    discount: money(order.discount, order.currency),
    fees: money(order.fees, order.currency),
    total: money(order.total, order.currency),
    tickets: tickets.map((ticket) => ({
      ...writeCode({ code: Buffer.from(ticket.codeHex, 'hex'), codesBefore: ticket.codesBefore }),
      categoryName: ticket.categoryName,
    })),
    liveTickets,
    hasWallets: [deps.config.APPLE_PASS_TYPE_ID, deps.config.GOOGLE_WALLET_ISSUER_ID].some((id) => id !== undefined),
    expiresAt: order.expiresAt,
    isPaid: order.total > 0 && order.paidAt !== null,
    isRefunded: order.status === 'refunded',
    calendar: {
      text: eventCalendar({
        event,
        order,
        organizer: { name: organizerName, email: subject.seller.email },
        publicUrl: deps.config.PUBLIC_URL,
      }),
      method: isOffCalendar(event) ? 'CANCEL' : 'PUBLISH',
    },
  };
}
