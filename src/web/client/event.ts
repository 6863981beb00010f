import { formatMoney } from '../../platform/text/format-money.ts';
import { roomWords } from '../i18n/words/room.ts';
import { refusalWords } from '../i18n/words/refusals.ts';
import { type Problem, askedBy, call } from './shared/api.ts';
import { byId, element, languageQuery, setText, show } from './shared/dom.ts';
import { looksRight, setFaults, setMessage } from './shared/form-faults.ts';
import { leftText } from './shared/left-text.ts';
import { pageLanguage } from './shared/page-language.ts';
import { agreeToNews } from './event/agree-to-news.ts';
import { phoneField } from './event/phone-field.ts';
import { type PlacedOrder, type Waiting, placeOrder } from './event/place-order.ts';
import { poll } from './shared/poll.ts';
import { refusalText } from './shared/refusal-text.ts';
import { type RoomGate, roomGate } from './event/room-gate.ts';
import { type OrderBody, sentOrders } from './order/sent-order.ts';
import { serverNow } from './shared/server-clock.ts';
import { type ShownTotal, type TicketChoice, hideJumpInSight, ticketChoice } from './event/ticket-choice.ts';
import { backOff, spread } from './shared/waiting.ts';

const words = refusalWords[pageLanguage];
const { slug = '', timeZone = 'UTC' } = document.querySelector<HTMLElement>('[data-slug]')?.dataset ?? {};
const fields = ['name', 'email', 'phone', 'promoCode'];
const availabilityEveryMs = 12_000;
const tickMs = 1000;
const dayMs = 24 * 3600 * 1000;

const form = document.querySelector<HTMLFormElement>('#checkout');
if (form !== null) start(form);
hideJumpInSight();
// The browser may restore this page as it was when the buyer went to the order page.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});

function start(form: HTMLFormElement): void {
  const button = document.querySelector<HTMLButtonElement>('#place');
  let isBusy = false;
  const choice = ticketChoice(form, () => {
    if (button !== null) button.disabled = isBusy;
  });
  keepTurning(choice);
  watchAvailability(choice);
  if (button === null) return;

  const sent = sentOrders(slug, window.sessionStorage);
  const buyer = byId('buyer', HTMLFieldSetElement);
  const phone = phoneField(slug);
  const setBusy = (busy: boolean): void => {
    isBusy = busy;
    const isClosed = gate.isClosed();
    form.toggleAttribute('data-closed', isClosed && !busy);
    button.disabled = busy || isClosed;
    buyer.disabled = busy || isClosed;
    choice.setLocked(busy || isClosed);
  };
  const gate: RoomGate = roomGate(slug, timeZone, () => setBusy(isBusy));
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
    sayRefusal(outcome.problem);
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

  setBusy(false);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (isBusy) return;
    const body = readBody(choice);
    if (body === undefined) return;
    setBusy(true);
    // Send the number that the page has shown.
    void phone.read().then((read) => {
      setBusy(false);
      if ('fault' in read) setFaults(fields, ['phone'], { phone: read.fault });
      else void order({ ...body, buyer: { ...body.buyer, ...read.given } });
    });
  });
  const unsettled = sent.unsettled();
  if (unsettled !== undefined) offerEarlier(unsettled);
}

async function openOrder(order: PlacedOrder, gate: RoomGate): Promise<void> {
  if (gate.pass() !== undefined) gate.spent(order.id);
  await agreeToNews(order);
  location.assign(`/orders/${order.id}${languageQuery()}#${order.accessToken}`);
}

/** Says that an order was sent before and that its outcome is unknown. */
function sayEarlier(onCheck: () => void, onDrop: () => void): void {
  const ways = [actionButton(words.earlierCheck, onCheck), actionButton(words.earlierDrop, onDrop)];
  setMessage('form-message', words.earlier, 'wait', ...ways);
}

function sayRefusal(problem: Problem): void {
  setMessage('form-message', refusalText(problem), 'bad', ...waysOn(problem.code));
  setFaults(fields, faultsOf(problem), codesOf(problem));
  byId('form-message').focus();
}

/** Nothing was ordered: the buyer sees the new total and decides. The key is kept, so a second order cannot result. */
function offerNewTotal(total: ShownTotal, onAgree: () => void): void {
  const text = formatMoney(total, pageLanguage);
  setText('total', text);
  const agree = actionButton(words.orderAt(text), onAgree);
  setMessage('form-message', words.priceChanged(text), 'wait', agree);
  agree.focus();
}

/** The order as filled in; undefined, with a message on the page, if something is missing. */
function readBody(choice: TicketChoice): OrderBody | undefined {
  const lines = choice.lines();
  const tooFew = choice.tooFew();
  setMessage('form-message', '');
  if (lines.length === 0 || tooFew !== undefined) {
    setMessage(
      'form-message',
      tooFew === undefined ? words.chooseTickets : words.minimum(tooFew.name, tooFew.quantityMin),
    );
    (tooFew ?? choice.rows.find((row) => !row.input.disabled))?.input.focus();
    return undefined;
  }
  const values = Object.fromEntries(fields.map((name) => [name, byId(name, HTMLInputElement).value.trim()]));
  const { name = '', email = '', phone = '', promoCode = '' } = values;
  if (
    setFaults(
      fields,
      fields.filter((field) => looksRight[field]?.(values[field] ?? '') === false),
    )
  )
    return undefined;
  return {
    eventSlug: slug,
    buyer: { name, email, phone },
    lines,
    ...(promoCode === '' ? {} : { promoCode }),
    expectedTotal: choice.total(),
    locale: pageLanguage,
  };
}

/** Where to go if the waiting room does not let this buyer order. */
function waysOn(code: string): HTMLElement[] {
  if (!code.startsWith('queue.')) return [];
  const isSpent = code === 'queue.pass_spent';
  const link = element('a', { text: isSpent ? roomWords[pageLanguage].findOrder : roomWords[pageLanguage].takeTurn });
  link.href = (isSpent ? '/find-order' : `/events/${slug}/queue`) + languageQuery();
  return [link];
}

function faultsOf(problem: Problem): string[] {
  if (problem.code.startsWith('promo.')) return ['promoCode'];
  return problem.errors.map(({ path }) => path.replace(/^buyer\./, '')).filter((path) => fields.includes(path));
}

function codesOf({ errors }: Problem): Record<string, string> {
  return Object.fromEntries(errors.map(({ path, code = '' }) => [path.replace(/^buyer\./, ''), code]));
}

/** Says why the page waits and for how long. The buyer may stop it. */
function countDown({ problem, waitMs }: Waiting, stop: AbortController): void {
  const reason =
    problem === undefined
      ? words.unreachable
      : problem.status === 500
        ? words.unexpected(problem.requestId)
        : refusalText(problem);
  const until = Date.now() + waitMs;
  const left = element('span', { className: 'small' });
  const button = actionButton(words.stop, () => stop.abort());
  setMessage('form-message', reason, 'wait', left, element('br'), button);
  // A screen reader would read every second out.
  left.setAttribute('aria-hidden', 'true');
  const tick = (): void => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    left.textContent = seconds > 0 ? words.retryIn(seconds) : words.retrying;
    if (seconds > 0 && left.isConnected) setTimeout(tick, 250);
  };
  tick();
}

function actionButton(text: string, act: () => void): HTMLButtonElement {
  const button = element('button', { className: 'link-button', text });
  button.type = 'button';
  button.addEventListener('click', act);
  return button;
}

/** Opens and closes categories at the right second by the server's clock, and counts down the last day before a sale. */
function keepTurning(choice: TicketChoice): void {
  choice.turn();
  const upcoming = choice.rows.filter(({ node }) => node.dataset['state'] === 'upcoming');
  const left = Math.min(...upcoming.map(({ opensAtMs }) => opensAtMs)) - serverNow();
  show('opens', left <= dayMs);
  if (left <= dayMs) setText('opens-in', leftText(left));
  if (choice.rows.some(({ node }) => node.dataset['state'] !== 'closed')) setTimeout(() => keepTurning(choice), tickMs);
}

/** Reads availability from the shared cache, and closes a sold-out category before anybody fills in the form for it. */
function watchAvailability(choice: TicketChoice): void {
  let failures = 0;
  poll(async () => {
    if (choice.rows.every(({ node }) => node.dataset['state'] === 'closed')) return undefined;
    type Bands = { data: { ticketCategoryId: string; band: string }[] };
    const answer = await call<Bands>('GET', `/v1/events/${slug}/availability`, { deadlineMs: 8000 });
    failures = answer.kind === 'ok' ? 0 : failures + 1;
    if (answer.kind === 'ok')
      for (const { ticketCategoryId, band } of answer.body.data) choice.setBand(ticketCategoryId, band);
    if (failures === 0) return spread(availabilityEveryMs, Math.random());
    const askedMs = askedBy(answer);
    return backOff(failures, { firstMs: availabilityEveryMs, ceilingMs: 120_000, askedMs, random: Math.random() });
  });
}
