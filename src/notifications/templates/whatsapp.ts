import { formatDateTime } from '../../platform/format-time.ts';
import type { WhatsappMessage } from '../channel.ts';
import type { OrderMailData } from './order-mail.ts';

/**
 * WhatsApp sends only what was approved beforehand. An organiser registers these three templates in both languages, each
 * with a button whose address ends in a variable: `<PUBLIC_URL>/orders/{{1}}`.
 *
 *     ticket_issued    {{1}} name  {{2}} event  {{3}} time  {{4}} order number
 *     order_cancelled  {{1}} name  {{2}} event  {{3}} order number
 *     order_refunded   {{1}} name  {{2}} event  {{3}} order number
 */
export function whatsappMessage(
  template: 'tickets' | 'order_cancelled' | 'order_refunded',
  data: OrderMailData,
): WhatsappMessage {
  const { event, locale } = data;
  const name = parameter(data.buyerName);
  const suffix = data.link.slice(data.link.indexOf('/orders/') + '/orders/'.length);
  const common = { locale, buttonSuffix: suffix };
  if (template === 'tickets') {
    const time = formatDateTime(event.startsAt, event.timeZone, locale);
    return {
      ...common,
      template: 'ticket_issued',
      bodyParameters: [name, parameter(event.name), time, data.orderCode],
    };
  }
  return { ...common, template, bodyParameters: [name, parameter(event.name), data.orderCode] };
}

const parameterCharactersMax = 200;

/** Parameters may hold neither line ends, nor tabs, nor more than four spaces in a row. */
function parameter(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, parameterCharactersMax);
}
