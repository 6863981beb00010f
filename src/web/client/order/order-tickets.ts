import { inLanguage } from '../../../platform/text/in-language.ts';
import { groupTicketCode } from '../../../orders/tickets/codes/group-ticket-code.ts';
import { orderWords } from '../../i18n/words/order/order.ts';
import { byId, element, show } from '../shared/dom.ts';
import type { OrderView, TicketView } from './order-view.ts';
import { type WalletName, walletButtons, walletsHere } from '../shared/tickets/wallet-buttons.ts';
import { pageLanguage } from '../shared/page-language.ts';

const words = orderWords[pageLanguage];
const qrSide = 250;
let shownIds: readonly string[] = [];

/** The number that a ticket of the order carries on this page. */
export const ticketNumber = (ticketId: string) => shownIds.indexOf(ticketId) + 1;

/** The tickets with their codes: as a QR code for scanners, and as text in case it cannot be scanned. */
export function showTickets(
  path: string,
  order: OrderView,
  tickets: readonly TicketView[],
  wallets: readonly WalletName[],
): void {
  const names = new Map(
    order.lines.map((line) => [line.ticketCategoryId, inLanguage(pageLanguage, line.name, line.nameEn)]),
  );
  const here = walletsHere(wallets);
  shownIds = tickets.map(({ id }) => id);
  const items = tickets.map((ticket, index) =>
    ticketItem({ path, wallets: here }, ticket, names.get(ticket.ticketCategoryId) ?? '', index + 1, tickets.length),
  );
  byId('ticket-list').replaceChildren(...items);
  const isAnyLive = tickets.some(({ status }) => status === 'live');
  show('ticket-links', isAnyLive);
  show('wallet-note', isAnyLive && here.length > 0);
  byId('pdf', HTMLAnchorElement).href = `${path}/tickets.pdf`;
  byId('calendar', HTMLAnchorElement).href = `${path}/calendar.ics`;
}

function ticketItem(
  { path, wallets }: { path: string; wallets: readonly WalletName[] },
  ticket: TicketView,
  name: string,
  number: number,
  count: number,
): HTMLElement {
  const top = element(
    'p',
    { className: 'ticket-top' },
    element('strong', { text: name }),
    element('span', { text: words.ticketOf(number, count) }),
  );
  if (ticket.status === 'revoked') {
    const item = element('li', { className: 'ticket' }, top, element('p', { text: words.revoked }));
    item.dataset['revoked'] = '';
    return item;
  }
  const image = element('img');
  image.alt = words.qrOf(number);
  image.width = qrSide;
  image.height = qrSide;
  image.loading = number > 2 ? 'lazy' : 'eager';
  image.decoding = 'async';
  const ticketPath = `${path}/tickets/${encodeURIComponent(ticket.id)}`;
  image.src = `${ticketPath}/qr.svg`;
  const holder =
    ticket.holderName === null ? [] : [element('p', { className: 'ticket-holder', text: ticket.holderName })];
  const code = element('p', { className: 'mono', text: groupTicketCode(ticket.shortCode) });
  return element('li', { className: 'ticket' }, top, image, ...holder, code, ...walletButtons(ticketPath, wallets));
}
