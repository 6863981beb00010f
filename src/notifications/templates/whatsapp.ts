import { cutText } from '../../platform/text/cut-text.ts';
import { formatDateTime } from '../../platform/text/format-time.ts';
import type { WhatsappMessage } from '../channel.ts';
import type { MessageName } from '../message-texts/catalog.ts';
import type { OrderTemplate } from '../deliveries/order-rules.ts';
import { startText } from '../../catalog/index.ts';
import { placeLine } from '../../platform/text/place-line.ts';
import type { OrderMailData } from './order-mail.ts';

/**
 * WhatsApp sends only what was approved beforehand. An organiser registers these templates in both languages, each
 * with a button whose address ends in a variable: `<PUBLIC_URL>/orders/{{1}}`.
 *
 *     ticket_issued    {{1}} name  {{2}} event  {{3}} time  {{4}} order number
 *     order_cancelled  {{1}} name  {{2}} event  {{3}} order number
 *     order_refunded   {{1}} name  {{2}} event  {{3}} order number
 *     event_cancelled  {{1}} name  {{2}} event  {{3}} time as it was  {{4}} order number
 *     event_postponed  {{1}} name  {{2}} event  {{3}} time as it was  {{4}} order number
 *     event_practical  {{1}} name  {{2}} event  {{3}} the organiser's text  {{4}} order number
 *     event_reminder   {{1}} name  {{2}} event  {{3}} time  {{4}} place  {{5}} order number
 *     event_news       {{1}} name  {{2}} organiser  {{3}} the organiser's text; no button
 *     payment_expiring {{1}} name  {{2}} event  {{3}} until when  {{4}} order number
 *     event_moved      {{1}} name  {{2}} event  {{3}} new time  {{4}} new place  {{5}} order number
 *
 * The text of `event_cancelled` must be true of free tickets too: what becomes of the money stands on the order's page.
 */
export function whatsappMessage(
  template: Exclude<OrderTemplate, 'order_link' | 'order_placed' | 'refund_done'>,
  data: OrderMailData,
): WhatsappMessage {
  const { event, locale } = data;
  const time = formatDateTime(event.startsAt, event.timeZone, locale);
  switch (template) {
    case 'tickets':
    case 'order_found':
      return orderMessage('ticket_issued', data, [startText(event, locale)]);
    case 'event_cancelled':
    case 'event_postponed':
      return orderMessage(template, data, [time]);
    case 'event_moved':
      return orderMessage('event_moved', data, [time, messageParameter(placeLine(event))]);
    case 'payment_expiring':
      return orderMessage('payment_expiring', data, [formatDateTime(data.expiresAt, event.timeZone, locale)]);
    case 'order_refunded':
      return orderMessage(data.isPaid ? 'order_refunded' : 'order_cancelled', data, []);
    default:
      return orderMessage('order_cancelled', data, []);
  }
}

/**
 * A message about an order: the name, the event, further values, and the order's number; its button opens the order.
 */
export function orderMessage(
  registered: MessageName,
  data: OrderMailData,
  parameters: readonly string[],
): WhatsappMessage {
  return {
    locale: data.locale,
    buttonSuffix: data.link.slice(data.link.indexOf('/orders/') + '/orders/'.length),
    template: registered,
    bodyParameters: [greetedName(data), messageParameter(data.event.name), ...parameters, data.orderCode],
  };
}

/** A parameter may not be empty: this follows "Halo" or "Hello" if there is no name. */
const nameless = { id: 'Bapak/Ibu', en: 'there' } as const;

export const greetedName = ({ buyerName, locale }: OrderMailData): string =>
  messageParameter(buyerName ?? nameless[locale]);

const parameterCharactersMax = 300;

/** Parameters may hold neither line ends, nor tabs, nor more than four spaces in a row. */
export function messageParameter(text: string): string {
  return cutText(text.replace(/\s+/g, ' ').trim(), parameterCharactersMax);
}
