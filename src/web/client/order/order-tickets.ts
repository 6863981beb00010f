import { inLanguage } from '../../../platform/text/in-language.ts';
import { groupTicketCode } from '../../../orders/tickets/codes/group-ticket-code.ts';
import { orderWords } from '../../i18n/words/order/order.ts';
import { byId, element, setText, show } from '../shared/dom.ts';
import { openFile } from '../shared/tickets/open-file.ts';
import type { OrderView, TicketView } from './order-view.ts';
import { type WalletName, walletButtons, walletsHere } from '../shared/tickets/wallet-buttons.ts';
import { pageLanguage } from '../shared/page-language.ts';

const words = orderWords[pageLanguage];
const qrSide = 250;
let shown: readonly TicketView[] = [];
let fileToken: string | undefined;

/** How the page reads what belongs to tickets. */
type Source = {
  /** Of the order in the API. */
  readonly path: string;
  /** Opens pictures and files where no cookie does. */
  readonly token: string | undefined;
  readonly wallets: readonly WalletName[];
};

/** The number that a ticket of the order carries on this page. */
export const ticketNumber = (ticketId: string) => shown.findIndex(({ id }) => id === ticketId) + 1;

/** The tickets with their codes: as a QR code for scanners, and as text in case it cannot be scanned. */
export function showTickets(source: Source, order: OrderView, tickets: readonly TicketView[]): void {
  const { path, token, wallets } = source;
  const names = new Map(
    order.lines.map((line) => [line.ticketCategoryId, inLanguage(pageLanguage, line.name, line.nameEn)]),
  );
  const here = walletsHere(wallets);
  sayRevoked(tickets);
  shown = tickets;
  fileToken = token;
  const items = tickets.map((ticket, index) =>
    ticketItem(
      { path, token, wallets: here },
      ticket,
      names.get(ticket.ticketCategoryId) ?? '',
      index + 1,
      tickets.length,
    ),
  );
  const hadFocus = byId('ticket-list').contains(document.activeElement);
  byId('ticket-list').replaceChildren(...items);
  if (hadFocus) byId('event-name').focus();
  const isAnyLive = tickets.some(({ status }) => status === 'live');
  show('show-at-door', isAnyLive);
  show('all-given', tickets.length === 0);
  show('ticket-links', isAnyLive);
  show('wallet-note', isAnyLive && here.length > 0);
  byId('pdf', HTMLAnchorElement).href = `${path}/tickets.pdf`;
  byId('calendar', HTMLAnchorElement).href = `${path}/calendar.ics`;
}

/** Says which of the shown tickets have become invalid since. */
function sayRevoked(tickets: readonly TicketView[]): void {
  const isNew = ({ id, status }: TicketView) =>
    status === 'revoked' && shown.some((before) => before.id === id && before.status === 'live');
  const texts = tickets.flatMap((ticket, index) =>
    isNew(ticket) ? [`${words.ticketOf(index + 1, tickets.length)}: ${words.revoked}`] : [],
  );
  if (texts.length > 0) setText('live', texts.join('. '));
}

/** A link sends no token. Where only that opens the order, the page asks for the file. */
export function watchFiles(): void {
  byId('ticket-links').addEventListener('click', (event) => {
    const link = event.target;
    if (fileToken === undefined || !(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    show('file-failed', false);
    void openFile(link.href, fileToken, link.download).then((isDone) => show('file-failed', !isDone));
  });
}

function ticketItem(
  { path, token, wallets }: Source,
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
  const ticketPath = `${path}/tickets/${encodeURIComponent(ticket.id)}`;
  const picture = pictureOf(ticket, ticketPath, number);
  const holder =
    ticket.holderName === null ? [] : [element('p', { className: 'ticket-holder', text: ticket.holderName })];
  const code = element('p', { className: 'mono', text: groupTicketCode(ticket.shortCode) });
  return element(
    'li',
    { className: 'ticket' },
    top,
    picture,
    ...holder,
    code,
    ...walletButtons(ticketPath, wallets, token),
  );
}

/** A picture that does not come is drawn here: a busy service may refuse it, and a browser without the order's cookie cannot request it. */
function pictureOf({ code }: TicketView, ticketPath: string, number: number): HTMLImageElement {
  const image = element('img');
  image.alt = words.qrOf(number);
  image.width = qrSide;
  image.height = qrSide;
  image.loading = number > 2 ? 'lazy' : 'eager';
  image.decoding = 'async';
  image.addEventListener('error', () => {
    void import('../shared/tickets/draw-code.ts')
      .then(({ drawInstead }) => drawInstead(image, code))
      .catch(() => undefined);
  });
  image.src = `${ticketPath}/qr.svg`;
  return image;
}
