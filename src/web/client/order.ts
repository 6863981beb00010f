import { type Answer, askedBy, call, carryToken } from './shared/calls/api.ts';
import { byId, focusIfHidden, languageQuery, setText, show, takeFragment } from './shared/dom.ts';
import { type Live, follow } from './shared/calls/live.ts';
import { nextLook } from './order/next-look.ts';
import { loadDetails, watchDetails } from './order/order-details.ts';
import { loadTransfers, watchTransfers } from './order/order-transfers.ts';
import { watchCancel } from './order/order-cancel.ts';
import { showPayment, watchPayment } from './order/order-payment.ts';
import { showEvent, showSeller, showSummary, statusText } from './order/order-summary.ts';
import { forgetOffline, keepOffline } from './shared/tickets/keep-offline.ts';
import type { WalletName } from './shared/tickets/wallet-buttons.ts';
import { showTickets, watchFiles } from './order/order-tickets.ts';
import { type EventView, type OrderView, type SellerView, type TicketView, hasTickets } from './order/order-view.ts';
import { onStale, poll } from './shared/calls/poll.ts';
import { nextTry, pause, spread } from './shared/calls/waiting.ts';

const orderId = location.pathname.split('/').pop() ?? '';
const path = `/v1/orders/${orderId}`;
let token = takeFragment(!navigator.cookieEnabled);
carryToken(path, token);
// The page does not use what a gateway appends to the return address.
if (token === '' && location.search !== languageQuery())
  history.replaceState(null, '', location.pathname + languageQuery());

let shown: OrderView | undefined;
let etag: string | undefined;
let looks = 0;
let failures = 0;
/** The status of the order whose tickets are shown, and their version. */
let ticketsOf: string | undefined;
let ticketsEtag: string | undefined;
let live: Live | undefined;
/** The link's token must still be exchanged for the cookie that pictures and downloads need. */
let needsCookie = token !== '';
let eventReading: Promise<void> | undefined;
/** How often the order is read while its stream reports changes: a stream may be silent without having ended. */
const lookWithStreamMs = 45_000;
const togetherWithinMs = 4000;

const watch = poll(look);
onStale(() => {
  ticketsOf = undefined;
  eventReading = undefined;
  again();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) looks = 0;
});
byId('forget').addEventListener('click', () => {
  void forgetOffline(orderId).then(() => {
    show('kept', false);
    focusIfHidden(byId('event-name'));
  });
});
watchPayment(path, {
  lookAgain: again,
  // The page says so at once, also without a network.
  passed: () => {
    if (shown !== undefined) present(shown);
    again();
  },
});
watchFiles();
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

/** The token opens the order also where the browser takes no cookie, or has none yet. */
async function readOrder(): Promise<Answer<OrderView>> {
  const answer = await call<OrderView>('GET', path, etag === undefined ? {} : { headers: { 'if-none-match': etag } });
  if (answer.kind === 'ok') eventReading ??= loadEvent(answer.body.eventSlug);
  return answer;
}

async function openSession(): Promise<void> {
  const answer = await call('POST', `${path}/session`, { token });
  if (answer.kind === 'ok') needsCookie = false;
}

/** Reads the order now, and often for a while. */
function again(): void {
  looks = 0;
  etag = undefined;
  watch.now();
}

function reloadTickets(): void {
  ticketsOf = undefined;
  ticketsEtag = undefined;
  if (shown !== undefined) void loadTickets(shown);
}

/** An order that changes only by its buyer's acts needs no stream. */
function followWhileOpen(isOpen: boolean): void {
  if (isOpen) {
    live ??= follow(`${path}/stream`, {
      token: token === '' ? undefined : token,
      onEvent: again,
      onSnapshot: watch.now,
      onState: watch.now,
    });
  } else {
    live?.close();
    live = undefined;
  }
}

async function look(): Promise<number | undefined> {
  const session = needsCookie ? openSession() : undefined;
  const answer = await readOrder();
  const isKept = answer.kind === 'ok' && answer.isKept;
  const isAway = answer.kind === 'unreachable' || (answer.kind === 'refused' && answer.problem.status !== 404);
  show('offline', isAway || isKept);
  if (isKept) {
    present(answer.body);
    await loadParts(answer.body);
    ticketsOf = undefined;
    eventReading = undefined;
    failures += 1;
    return nextTry(failures, 0, Math.random());
  }
  if (isAway) {
    failures += 1;
    return nextTry(failures, askedBy(answer), Math.random());
  }
  failures = 0;
  if (answer.kind === 'refused') {
    // The cookie of a newer link may open the order.
    if (token !== '') {
      token = '';
      carryToken(path, token);
      needsCookie = false;
      return 0;
    }
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
  if (!(await loadParts(shown, session))) return nextTry(looks, 0, Math.random());
  await session;
  const waitMs = nextLook(shown, { looks, askedMs: askedBy(answer), random: Math.random() });
  followWhileOpen(waitMs !== undefined && !needsCookie);
  return waitMs !== undefined && live?.isOpen() === true ? spread(lookWithStreamMs, Math.random()) : waitMs;
}

function present(order: OrderView): void {
  if (shown?.status !== order.status) {
    setText('live', statusText(order));
    // The browser's copy would go on showing codes that open no door.
    if (!hasTickets(order)) void forgetOffline(orderId);
  }
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
 * @param session the tickets need its cookie
 * @returns whether the tickets are there, if the order has any
 */
async function loadParts(order: OrderView, session?: Promise<void>): Promise<boolean> {
  const tickets = hasTickets(order) ? Promise.resolve(session).then(() => loadTickets(order)) : Promise.resolve(true);
  if (byId('order').hidden) {
    await Promise.race([Promise.all([tickets, eventReading]), pause(togetherWithinMs)]);
    show('loading', false);
    show('order', true);
  }
  return tickets;
}

/** Loads the tickets if the order's status has changed since. @returns whether they are shown */
async function loadTickets(order: OrderView): Promise<boolean> {
  if (ticketsOf === order.status) return true;
  const answer = await call<{ data: TicketView[]; wallets?: WalletName[] }>(
    'GET',
    `${path}/tickets`,
    ticketsEtag === undefined ? {} : { headers: { 'if-none-match': ticketsEtag } },
  );
  if (answer.kind === 'unchanged') ticketsOf = order.status;
  if (answer.kind !== 'ok') return answer.kind === 'unchanged';
  // A browser that takes no cookie cannot request pictures and files by itself.
  const fileToken = navigator.cookieEnabled || token === '' ? undefined : token;
  showTickets({ path, token: fileToken, wallets: answer.body.wallets ?? [] }, order, answer.body.data);
  ticketsOf = order.status;
  ticketsEtag = answer.etag ?? undefined;
  if (!answer.isKept) {
    void keepOrder(order, answer.body.data);
    await Promise.all([loadDetails(path), loadTransfers(path)]);
  }
  return true;
}

async function keepOrder({ eventSlug }: OrderView, tickets: readonly TicketView[]): Promise<void> {
  const event = `/v1/events/${encodeURIComponent(eventSlug)}`;
  const codes = tickets
    .filter(({ status }) => status === 'live')
    .map(({ id }) => `${path}/tickets/${encodeURIComponent(id)}/qr.svg`);
  const paths = [path, `${path}/tickets`, event, `${event}/organizer`, ...codes];
  show('kept', await keepOffline({ id: orderId, scope: '/orders/', paths }));
}

async function loadEvent(slug: string): Promise<void> {
  const [event, seller] = await Promise.all([
    // The buyer may have come by the message that says what has changed.
    call<EventView>('GET', `/v1/events/${slug}`, { cache: 'no-cache' }),
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
  show('blocked', !navigator.cookieEnabled);
  byId('content').focus();
}
