import { inLanguage } from '../../../platform/text/in-language.ts';
import { formatMoney, formatPrice } from '../../../platform/text/format-money.ts';
import { formatClockIn, formatDate } from '../../../platform/text/format-time.ts';
import { orderWords } from '../../i18n/words/order/order.ts';
import { organizerWords } from '../../i18n/words/organizer.ts';
import { byId, element, languageQuery, setText, show } from '../shared/dom.ts';
import { type EventView, type Money, type OrderView, type SellerView, hasTickets, mayCancel } from './order-view.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { serverNow } from '../shared/calls/server-clock.ts';

const words = orderWords[pageLanguage];
const price = (of: Money) => formatPrice(of, pageLanguage);
const money = (amount: Money) => formatMoney(amount, pageLanguage);

const moods: Readonly<Record<OrderView['status'], string>> = {
  pending_payment: 'warn',
  closing: 'warn',
  paid: 'good',
  partially_refunded: 'good',
  refunded: 'quiet',
  expired: 'quiet',
  cancelled: 'quiet',
};

const isFree = ({ total }: OrderView) => total.amount === 0;

/** The order's status, as its buyer reads it. */
export function statusText(order: OrderView): string {
  const { status } = order;
  return (isFree(order) ? words.ofFree.status[status] : undefined) ?? words.status[status];
}

/** All of an order except its payment and tickets. */
export function showSummary(order: OrderView): void {
  const status = byId('status');
  status.textContent = statusText(order);
  status.className = `chip chip-${moods[order.status]}`;
  setText('code', order.code);
  if (byId('event-name').textContent === '') setText('event-name', words.title);
  showNotice(order);
  const isOver = order.status === 'expired' || order.status === 'cancelled' || order.status === 'refunded';
  show('back', isOver);
  byId('back-link', HTMLAnchorElement).href = `/events/${encodeURIComponent(order.eventSlug)}${languageQuery()}`;
  showCancel(order);
  // An order that brings no tickets any more has sent none lately.
  show('sent-to', order.status === 'pending_payment' || hasTickets(order));
  setText('buyer-name', order.buyer.name);
  setText('buyer-contact', `${order.buyer.email} · ${order.buyer.phone}`);
  byId('lines').replaceChildren(...order.lines.map(lineRow));
  byId('totals').replaceChildren(...totalRows(order));
}

function showNotice(order: OrderView): void {
  const isTooLate = order.status === 'pending_payment' && Date.parse(order.expiresAt) <= serverNow();
  const ofFree = isFree(order) ? words.ofFree.notice[order.status] : undefined;
  const text = ofFree ?? words.notice[isTooLate ? 'too_late_to_pay' : order.status] ?? '';
  show('notice', text !== '');
  byId('notice').className = `notice notice-${isTooLate ? 'warn' : moods[order.status]}`;
  setText('notice', text);
}

function lineRow({ name, nameEn, quantity, unitPrice }: OrderView['lines'][number]): HTMLElement {
  const label = element('td', { text: `${quantity} × ${inLanguage(pageLanguage, name, nameEn)}` });
  if (quantity > 1 && unitPrice.amount > 0) {
    label.append(element('br'), element('span', { className: 'muted small', text: `@ ${money(unitPrice)}` }));
  }
  const amount = { ...unitPrice, amount: unitPrice.amount * quantity };
  return element('tr', {}, label, element('td', { text: price(amount) }));
}

function totalRows({ status, subtotal, discount, fees, total, payment: { refunded } }: OrderView): HTMLElement[] {
  const row = (label: string, text: string, className = '') =>
    element('tr', { className }, element('td', { text: label }), element('td', { text }));
  const hasParts = discount.amount > 0 || fees.amount > 0;
  return [
    ...(hasParts ? [row(words.subtotal, price(subtotal), 'muted')] : []),
    ...(discount.amount > 0 ? [row(words.discount, `−${money(discount)}`, 'muted')] : []),
    ...(fees.amount > 0 ? [row(words.fees, money(fees), 'muted')] : []),
    row(words.total, price(total), 'sum'),
    // A surplus goes back, too, and changes nothing for the buyer.
    ...(refunded !== undefined && status.endsWith('refunded') ? [row(words.refunded, `−${money(refunded)}`)] : []),
  ];
}

let shownEvent: EventView | undefined;

/** Shows whether the order can be cancelled, which the event decides, too. */
function showCancel(order: OrderView): void {
  show('cancel-line', mayCancel(order, shownEvent, serverNow()));
}

/**
 * The order contains only the event's slug. Everything else about the event is public.
 * @param order undefined until it is read
 */
export function showEvent(event: EventView, order: OrderView | undefined): void {
  shownEvent = event;
  if (order !== undefined) showCancel(order);
  const { name: text, nameEn, venue, city, startsAt, timeZone, isPostponed } = event;
  const name = inLanguage(pageLanguage, text, nameEn);
  const day = formatDate(startsAt, timeZone, pageLanguage, 'full');
  const clock = formatClockIn(startsAt, timeZone, pageLanguage);
  setText('event-name', name);
  setText('event-facts', `${isPostponed ? '' : `${day}, ${clock}\n`}${venue}, ${city}`);
  showEventState(event, order !== undefined && isFree(order));
  document.title = `${name} · antre`;
}

/** What has become of the event, if that changes what the order is worth. */
function showEventState({ status, isPostponed }: EventView, isFree: boolean): void {
  const isOff = status === 'cancelled';
  show('event-state', isOff || isPostponed);
  byId('event-state').className = `notice notice-${isOff ? 'bad' : 'warn'}`;
  const off = isFree ? words.ofFree.eventOff : words.eventOff;
  setText('event-state', isOff ? off : words.eventPostponed);
}

/** How to reach the organizer, and links to its privacy notice and terms. Every text stays text; links go to our own pages. */
export function showSeller(slug: string, { name, contact: { email, phone }, privacy, terms }: SellerView): void {
  const say = organizerWords[pageLanguage];
  const link = (href: string, text: string) => {
    const made = element('a', { text });
    made.href = href;
    return made;
  };
  const page = (text: 'privacy' | 'terms') => `/events/${encodeURIComponent(slug)}/${text}${languageQuery()}`;
  const links = [
    ...(email === null ? [] : [link(`mailto:${email}`, email)]),
    ...(phone === null ? [] : [link(`tel:${phone.replace(/[^\d+]/g, '')}`, phone)]),
    ...(privacy.id === '' && privacy.en === '' ? [] : [link(page('privacy'), say.privacy)]),
    ...(terms.id === '' && terms.en === '' ? [] : [link(page('terms'), say.terms)]),
  ];
  const lead = email === null && phone === null ? say.readFirst(name) : say.questions(name);
  byId('seller').replaceChildren(`${lead} `, ...links.flatMap((made) => [made, ' ']));
  show('seller', links.length > 0);
}
