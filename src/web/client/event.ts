import { refusalWords } from '../i18n/words/refusals.ts';
import { call } from './shared/calls/api.ts';
import { byId, languageQuery } from './shared/dom.ts';
import { looksRight, setFaults, setMessage } from './shared/forms/form-faults.ts';
import { keepForOtherLanguage } from './shared/forms/other-language.ts';
import { suggestDomains } from './shared/forms/suggest-domains.ts';
import { pageLanguage } from './shared/page-language.ts';
import { pageStorage } from './shared/page-storage.ts';
import { countDown, offerNewTotal, orderFields, sayEarlier, sayRefusal } from './event/order-messages.ts';
import { orderPrice } from './event/order-price.ts';
import { phoneField } from './event/phone-field.ts';
import { type PlacedOrder, placeOrder } from './event/place-order.ts';
import { type RoomGate, roomGate } from './event/room-gate.ts';
import { type TicketChoice, hideJumpInSight, ticketChoice } from './event/ticket-choice.ts';
import { typedOrder } from './event/typed-order.ts';
import { watchSale } from './event/watch-sale.ts';
import { type OrderBody, type SentOrders, sentOrders } from './order/sent-order.ts';
import { heldPlace } from './queue/held-place.ts';

const words = refusalWords[pageLanguage];
const { slug = '', timeZone = 'UTC' } = document.querySelector<HTMLElement>('[data-slug]')?.dataset ?? {};

/** By then, smooth scrolling has ended. */
const scrolledMs = 300;
/** Short, because the buyer is waiting for the order's page. A consent that does not arrive was not given. */
const consentMs = 2000;

const typedNames = [...orderFields, 'phone-country'];
const ofTab = pageStorage('sessionStorage');
const mine = heldPlace(slug, pageStorage('localStorage'));

const form = document.querySelector<HTMLFormElement>('#checkout');
if (form !== null) start(form);
hideJumpInSight();
/** The browser may restore this page as it was when the buyer left it: to an order, or to the terms with a form half filled in. */
let hasOrdered = false;
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted && hasOrdered) location.reload();
});

function start(form: HTMLFormElement): void {
  const choice = ticketChoice(form);
  watchSale(slug, choice);
  keepInSight(form);
  const button = document.querySelector<HTMLButtonElement>('#place');
  if (button === null) return;

  const price = orderPrice(slug, choice);
  const phone = phoneField(slug);
  suggestDomains();
  const sent = sentOrders(slug, ofTab);
  const { gate, setBusy, isBusy } = watchGate(form, button, choice);
  const { order, offerEarlier } = ordering({ sent, gate, setBusy, choice });
  const check = async (body: OrderBody): Promise<void> => {
    setBusy(true);
    // Send the number and the price that the page has shown.
    const [read, mayGoOn] = await Promise.all([phone.read(), price.settle()]);
    setBusy(false);
    if ('fault' in read) setFaults(orderFields, ['phone'], { phone: read.fault });
    else if (mayGoOn) {
      await order({ ...body, buyer: { ...body.buyer, ...read.given }, expectedTotal: price.total() });
    } else {
      byId('promoCode').closest('details')?.setAttribute('open', '');
      byId('promoCode').focus();
    }
  };

  setBusy(false);
  if (gate.pass() !== undefined) bringBackTyped();
  bringBackChoice(form, choice);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (isBusy()) return;
    const body = readBody(choice);
    if (body !== undefined) void check(body);
  });
  const unsettled = sent.unsettled();
  if (unsettled !== undefined) offerEarlier(unsettled);
}

/** The form is locked while an order is on its way, and while the waiting room keeps this buyer out. */
function watchGate(form: HTMLFormElement, button: HTMLButtonElement, choice: TicketChoice) {
  const buyer = byId('buyer', HTMLFieldSetElement);
  let isBusy = false;
  const setBusy = (busy: boolean): void => {
    isBusy = busy;
    const isClosed = gate.isClosed();
    form.toggleAttribute('data-closed', isClosed && !busy);
    button.disabled = busy || isClosed;
    buyer.disabled = busy || isClosed;
    choice.setLocked(busy || isClosed);
  };
  const gate: RoomGate = roomGate(slug, timeZone, () => {
    if (gate.isClosed()) keepTyped();
    setBusy(isBusy);
  });
  return { gate, setBusy, isBusy: () => isBusy };
}

/** The turn has ended before the order was placed: the buyer comes back with another turn. */
function keepTyped(): void {
  const { place, spentBy } = mine.read();
  const fields = Object.fromEntries(typedNames.map((name) => [name, fieldOf(name)?.value ?? '']));
  if (place !== undefined && spentBy === undefined && fields['name'] !== '')
    typedOrder(slug, ofTab).keep(place.address.text, fields);
}

function bringBackTyped(): void {
  const fields = typedOrder(slug, ofTab).take(mine.read().place?.address.text ?? '') ?? {};
  for (const [name, value] of Object.entries(fields)) {
    const field = fieldOf(name);
    if (value === '' || field === undefined || (field.value !== '' && name !== 'phone-country')) continue;
    field.value = value;
    // Listeners of the field must see this as typed input.
    field.dispatchEvent(new Event('change'));
  }
}

/** From the page in the other language. A promo code is checked again. */
function bringBackChoice(form: HTMLFormElement, choice: TicketChoice): void {
  keepForOtherLanguage(form);
  const code = byId('promoCode', HTMLInputElement);
  if (code.value === '') return;
  code.closest('details')?.setAttribute('open', '');
  if (choice.lines().length > 0) byId('promo-apply').click();
}

function fieldOf(name: string): HTMLInputElement | HTMLSelectElement | undefined {
  const field = document.getElementById(name);
  return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field : undefined;
}

type Ordering = {
  readonly sent: SentOrders;
  readonly gate: RoomGate;
  readonly choice: TicketChoice;
  setBusy(busy: boolean): void;
};

function ordering({ sent, gate, choice, setBusy }: Ordering) {
  const order = async (body: OrderBody): Promise<void> => {
    setBusy(true);
    setMessage('form-message', words.placing, 'wait');
    const stop = new AbortController();
    const outcome = await placeOrder(sent, body, {
      onWait: (waiting) => countDown(waiting, stop),
      stopSignal: stop.signal,
      pass: gate.pass(),
    });
    if (outcome.kind === 'placed') {
      setMessage('form-message', words.placed, 'good');
      return openOrder(outcome.order, gate);
    }
    setBusy(false);
    if (outcome.kind === 'given_up') return offerEarlier(body);
    const { code, total } = outcome.problem;
    if (code === 'order.price_changed' && total !== undefined) {
      return offerNewTotal(total, () => void order({ ...body, expectedTotal: total }));
    }
    if (code === 'queue.pass_spent') gate.spent('');
    sayRefusal(slug, outcome.problem, choice);
  };
  const offerEarlier = (body: OrderBody): void => {
    setBusy(true);
    const drop = (): void => {
      sent.settle('placed');
      setBusy(false);
      setMessage('form-message', '');
    };
    sayEarlier(() => void order(body), drop);
  };
  return { order, offerEarlier };
}

async function openOrder(order: PlacedOrder, gate: RoomGate): Promise<void> {
  hasOrdered = true;
  if (gate.pass() !== undefined) gate.spent(order.id);
  await agreeToNews(order);
  location.assign(`/orders/${order.id}${languageQuery()}#${order.accessToken}`);
}

/** The order as filled in; undefined, with the faults beside their fields, if something is missing. */
function readBody(choice: TicketChoice): OrderBody | undefined {
  const lines = choice.lines();
  const tooFew = choice.tooFew();
  setMessage('form-message', '');
  choice.clearFaults();
  const values = Object.fromEntries(orderFields.map((name) => [name, byId(name, HTMLInputElement).value.trim()]));
  const { name = '', email = '', phone = '', promoCode = '' } = values;
  const faulty = orderFields.filter((field) => looksRight[field]?.(values[field] ?? '') === false);
  const isFaulty = setFaults(orderFields, faulty);
  if (lines.length === 0) choice.setFault(undefined, words.chooseTickets);
  else if (tooFew !== undefined) choice.setFault(tooFew.id, words.minimum(tooFew.name, tooFew.quantityMin));
  if (isFaulty || lines.length === 0 || tooFew !== undefined) return undefined;
  return {
    eventSlug: slug,
    buyer: { name, email, phone },
    lines,
    ...(promoCode === '' ? {} : { promoCode }),
    locale: pageLanguage,
  };
}

/** Stores the consent to news with the order, if its box is ticked. */
async function agreeToNews({ id, accessToken }: PlacedOrder): Promise<void> {
  const box = document.querySelector<HTMLInputElement>('#news');
  const wording = box?.dataset['wording'];
  if (box?.checked !== true || wording === undefined) return;
  const body = { wording, locale: pageLanguage };
  await call('PUT', `/v1/orders/${id}/news-consent`, { body, token: accessToken, deadlineMs: consentMs });
}

/**
 * Keeps the focused field above the bar with the total. The browser scrolls to a field once, when it gets the focus;
 * the bar may grow afterwards, or new content may interrupt the scrolling.
 */
function keepInSight(form: HTMLFormElement): void {
  const bar = form.querySelector('.submit-bar');
  if (bar === null) return;
  const look = (): void => {
    const field = document.activeElement;
    if (field === null || !form.contains(field) || bar.contains(field)) return;
    // With its label and its fault.
    (field.closest('.category, .field') ?? field).scrollIntoView({ block: 'nearest' });
  };
  new ResizeObserver(look).observe(bar);
  form.addEventListener('focusin', () => setTimeout(look, scrolledMs));
}
