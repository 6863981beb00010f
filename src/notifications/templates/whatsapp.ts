import { formatDateTime } from '../../platform/text/format-time.ts';
import type { WhatsappMessage } from '../channel.ts';
import type { MessageName } from '../message-texts/catalog.ts';
import { placeOf } from './order-facts.ts';
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
 *     event_moved      {{1}} name  {{2}} event  {{3}} new time  {{4}} new place  {{5}} order number
 *
 * The text of `event_cancelled` must be true of free tickets too: what becomes of the money stands on the order's page.
 */
export function whatsappMessage(
  template: 'tickets' | 'order_cancelled' | 'order_refunded' | 'event_cancelled' | 'event_moved' | 'event_postponed',
  data: OrderMailData,
): WhatsappMessage {
  const { event, locale } = data;
  const name = parameter(data.buyerName ?? nameless[locale]);
  const suffix = data.link.slice(data.link.indexOf('/orders/') + '/orders/'.length);
  const message = (registered: MessageName, parameters: readonly string[]): WhatsappMessage => ({
    locale,
    buttonSuffix: suffix,
    template: registered,
    bodyParameters: [name, parameter(event.name), ...parameters, data.orderCode],
  });
  const time = formatDateTime(event.startsAt, event.timeZone, locale);
  switch (template) {
    case 'tickets':
      return message('ticket_issued', [time]);
    case 'event_cancelled':
    case 'event_postponed':
      return message(template, [time]);
    case 'event_moved':
      return message('event_moved', [time, parameter(placeOf(event))]);
    case 'order_refunded':
      return message(data.isPaid ? 'order_refunded' : 'order_cancelled', []);
    default:
      return message('order_cancelled', []);
  }
}

/** A parameter may not be empty: what follows "Halo" or "Hello" where there is no name. */
const nameless = { id: 'Bapak/Ibu', en: 'there' } as const;

const parameterCharactersMax = 200;

/** Parameters may hold neither line ends, nor tabs, nor more than four spaces in a row. */
function parameter(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, parameterCharactersMax);
}
