import { orderWords } from '../i18n/words/order/order.ts';
import { type Answer, askedBy, call } from './shared/calls/api.ts';
import { byId, focusIfHidden, languageQuery, setText, show, takeFragment } from './shared/dom.ts';
import { type Live, follow } from './shared/calls/live.ts';
import { nextLook, nextTry } from './order/next-look.ts';
import { forgetOffline, keepOffline } from './order/keep-offline.ts';
import { loadDetails, watchDetails } from './order/order-details.ts';
import { loadTransfers, watchTransfers } from './order/order-transfers.ts';
import { watchCancel } from './order/order-cancel.ts';
import { showPayment, watchPayment } from './order/order-payment.ts';
import { showEvent, showSeller, showSummary } from './order/order-summary.ts';
import type { WalletName } from './shared/tickets/wallet-buttons.ts';
import { showTickets } from './order/order-tickets.ts';
import { type EventView, type OrderView, type SellerView, type TicketView, hasTickets } from './order/order-view.ts';
import { pageLanguage } from './shared/page-language.ts';
import { type Poll, poll } from './shared/calls/poll.ts';
import { backOff, pause, spread } from './shared/calls/waiting.ts';

const words = orderWords[pageLanguage];
const orderId = location.pathname.split('/').at(-1) ?? '';
const path = `/v1/orders/${orderId}`;
const token = takeFragment();
// The page does not use what a gateway appends to the return address.
if (token === '' && location.search !== languageQuery())
  history.replaceState(null, '', location.pathname + languageQuery());

let shown: OrderView | undefined;
let etag: string | undefined;
let looks = 0;
let failures = 0;
let ticketsOf: string | undefined;
let watch: Poll | undefined;
let live: Live | undefined;
/** The first read by the link's token. It does not wait for the cookie. */
let firstReading: Promise<Answer<OrderView>> | undefined;
let eventReading: Promise<void> | undefined;
/** How often the order is read while its stream reports changes: a stream may be silent without having ended. */
const lookWithStreamMs = 45_000;
const togetherWithinMs = 4000;

void open();

async function open(): Promise<void> {
  if (token !== '') {
    firstReading = readEarly();
    if (!(await openSession())) return showMissing();
  }
  watch = poll(look);
  // A buyer who comes back from the payment page wants to see the result at once.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) again();
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) looks = 0;
  });
  byId('forget').addEventListener('click', () => {
    void forgetOffline(orderId).then(() => show('kept', false));
  });
  watchPayment(path, again, () => shown);
  const reloadTickets = () => {
    ticketsOf = undefined;
    if (shown !== undefined) void loadTickets(shown);
  };
  watchDetails(path, reloadTickets);
  // The browser's copy is written again, without the code of the ticket that was given away.
  watchTransfers(path, () => void forgetOffline(orderId).then(reloadTickets));
  watchCancel(
    path,
    () => shown,
    (order) => {
      present(order);
      again();
    },
  );
}

/** Reads the order and then its event, while the cookie is being made. */
async function readEarly(): Promise<Answer<OrderView>> {
  const answer = await call<OrderView>('GET', path, { token });
  if (answer.kind === 'ok') eventReading = loadEvent(answer.body.eventSlug);
  return answer;
}

async function readOrder(): Promise<Answer<OrderView>> {
  const first = await firstReading;
  firstReading = undefined;
  if (first?.kind === 'ok') return first;
  return call('GET', path, etag === undefined ? {} : { headers: { 'if-none-match': etag } });
}

/** Exchanges the link's token for the cookie that images and downloads need. False if the token is wrong. */
async function openSession(): Promise<boolean> {
  for (let tries = 0; ; tries += 1) {
    const answer = await call('POST', `${path}/session`, { token });
    if (answer.kind === 'ok') return true;
    if (answer.kind === 'refused' && answer.problem.status < 500 && answer.problem.status !== 429) return false;
    show('offline', true);
    await pause(backOff(tries, { firstMs: 1000, ceilingMs: 15_000, askedMs: askedBy(answer), random: Math.random() }));
  }
}

/** Reads the order now, and often for a while. */
function again(): void {
  looks = 0;
  etag = undefined;
  watch?.now();
}

/** An order that changes only by its buyer's acts needs no stream. */
function followWhileOpen(isOpen: boolean): void {
  if (isOpen) {
    live ??= follow(`${path}/stream`, { onEvent: again, onSnapshot: () => watch?.now(), onState: () => watch?.now() });
  } else {
    live?.close();
    live = undefined;
  }
}

async function look(): Promise<number | undefined> {
  const answer = await readOrder();
  const isKept = answer.kind === 'ok' && answer.isKept;
  const isAway = answer.kind === 'unreachable' || (answer.kind === 'refused' && answer.problem.status !== 404);
  show('offline', isAway || isKept);
  if (isKept) {
    present(answer.body);
    await loadParts(answer.body);
    ticketsOf = undefined;
    failures += 1;
    return nextTry(failures, 0, Math.random());
  }
  if (isAway) {
    failures += 1;
    return nextTry(failures, askedBy(answer), Math.random());
  }
  failures = 0;
  if (answer.kind === 'refused') {
    void forgetOffline(orderId);
    showMissing();
    return undefined;
  }
  if (answer.kind === 'ok') {
    if (answer.etag !== null) etag = answer.etag;
    if (shown?.status !== answer.body.status || shown.payment.status !== answer.body.payment.status) looks = 0;
    present(answer.body);
  }
  looks += 1;
  if (shown === undefined) return undefined;
  if (!(await loadParts(shown))) return nextTry(1, 0, Math.random());
  const waitMs = nextLook(shown, { looks, askedMs: askedBy(answer), random: Math.random() });
  followWhileOpen(waitMs !== undefined);
  return waitMs !== undefined && live?.isOpen() === true ? spread(lookWithStreamMs, Math.random()) : waitMs;
}

function present(order: OrderView): void {
  if (shown?.status !== order.status) setText('live', words.status[order.status]);
  shown = order;
  showSummary(order);
  showPayment(order);
  show('tickets', hasTickets(order));
  show('missing', false);
  focusIfHidden(byId('event-name'));
}

/**
 * Reads everything that belongs to the order. The first time, all of it is shown together, so that nothing jumps under
 * a finger; a slow part comes later.
 * @returns whether the tickets are there, if the order has any
 */
async function loadParts(order: OrderView): Promise<boolean> {
  const tickets = hasTickets(order) ? loadTickets(order) : Promise.resolve(true);
  if (byId('order').hidden) {
    await Promise.race([
      Promise.all([tickets, (eventReading ??= loadEvent(order.eventSlug))]),
      pause(togetherWithinMs),
    ]);
    show('loading', false);
    show('order', true);
  }
  return tickets;
}

/** Loads the tickets if the order's status has changed since. @returns whether they are shown */
async function loadTickets(order: OrderView): Promise<boolean> {
  if (ticketsOf === order.status) return true;
  const answer = await call<{ data: TicketView[]; wallets?: WalletName[] }>('GET', `${path}/tickets`);
  if (answer.kind !== 'ok') return false;
  showTickets(path, order, answer.body.data, answer.body.wallets ?? []);
  ticketsOf = order.status;
  if (!answer.isKept) {
    void keepOrder(order, answer.body.data);
    await Promise.all([loadDetails(path), loadTransfers(path)]);
  }
  return true;
}

async function keepOrder(order: OrderView, tickets: readonly TicketView[]): Promise<void> {
  if (await keepOffline(orderId, { eventSlug: order.eventSlug, tickets })) show('kept', true);
}

async function loadEvent(slug: string): Promise<void> {
  const [event, seller] = await Promise.all([
    call<EventView>('GET', `/v1/events/${slug}`),
    call<SellerView>('GET', `/v1/events/${slug}/organizer`),
  ]);
  if (event.kind === 'ok') showEvent(event.body, shown);
  if (seller.kind === 'ok') showSeller(slug, seller.body);
}

function showMissing(): void {
  show('loading', false);
  show('offline', false);
  show('order', false);
  show('missing', true);
  byId('content').focus();
}
