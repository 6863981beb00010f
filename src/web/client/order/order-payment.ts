import { formatClockIn } from '../../../platform/text/format-time.ts';
import { formatMoney } from '../../../platform/text/format-money.ts';
import { orderWords } from '../../i18n/words/order/order.ts';
import { paymentMethodWords } from '../../i18n/words/order/payment-methods.ts';
import { call } from '../shared/calls/api.ts';
import { byId, setText, show, whileBusy } from '../shared/dom.ts';
import { leftText } from '../shared/left-text.ts';
import type { OrderView, PaymentView } from './order-view.ts';
import { showMethods, showNumber, watchMethods } from './payment-methods.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { refusalText } from '../shared/forms/refusal-text.ts';
import { serverNow } from '../shared/calls/server-clock.ts';

const words = orderWords[pageLanguage];
const methodWords = paymentMethodWords[pageLanguage];
const soonMs = 120_000;
const copiedMs = 3000;
let endsAtMs: number | undefined;
let drawnQr: string | undefined;
/** The deadline that was already handled: each is handled once. */
let passedMs: number | undefined;

/** The payment instructions, and the time that is left. */
export function showPayment(order: OrderView): void {
  const { payment } = order;
  const isOpen = order.status === 'pending_payment' && Date.parse(order.expiresAt) > serverNow();
  show('pay', isOpen);
  endsAtMs = isOpen ? deadlineOf(order) : undefined;
  // The time to pay starts when the instructions are there. A countdown shown earlier would jump.
  show('pay-deadline', isOpen && payment.status !== 'creating');
  tick();
  if (!isOpen) return;
  setText('pay-total', formatMoney(order.total, pageLanguage));
  show('preparing', payment.status === 'creating');
  showWays(payment);
  showMethods(payment);
  const hasFailed = payment.status === 'failed' || payment.status === 'expired';
  show('pay-again', hasFailed);
  const message = messageOf(payment, hasFailed);
  showMessage(message, hasFailed);
}

function messageOf(payment: PaymentView, hasFailed: boolean): string {
  if (payment.status === 'review') return words.review;
  if (hasFailed) return words.failed;
  const { redirectUrl, vaNumber, billKey, qrString } = payment;
  const isEmpty = (redirectUrl ?? vaNumber ?? billKey ?? qrString) === undefined;
  return payment.status === 'pending' && isEmpty ? methodWords.nothingToShow : '';
}

/** The one deadline that the page shows: the hold's, or the gateway's if that comes first. In milliseconds. */
function deadlineOf({ expiresAt, payment }: OrderView): number {
  const holdEndsAtMs = Date.parse(expiresAt);
  return payment.expiresAt === undefined ? holdEndsAtMs : Math.min(holdEndsAtMs, Date.parse(payment.expiresAt));
}

/** Shows the deadline also as a time of day, in the reader's own zone. */
function showDeadlineTime(atMs: number): void {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  setText('pay-by', words.payBy(formatClockIn(new Date(atMs), timeZone, pageLanguage)));
}

function showWays(payment: PaymentView): void {
  const { redirectUrl, qrString } = payment;
  const link = safeLink(redirectUrl);
  show('payable', link !== undefined);
  if (link === undefined) byId('pay-link').removeAttribute('href');
  else byId('pay-link', HTMLAnchorElement).href = link;
  showNumber(payment);
  show('qris', qrString !== undefined);
  if (qrString !== undefined && qrString !== drawnQr) {
    drawnQr = qrString;
    void drawQr(qrString);
  }
}

/** Only web addresses: an address from the gateway must not run a script. */
function safeLink(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  try {
    const { protocol, href } = new URL(url);
    return protocol === 'https:' || protocol === 'http:' ? href : undefined;
  } catch {
    return undefined;
  }
}

/** The code that draws QR codes is loaded only when needed, because most payment methods have a page of their own. */
async function drawQr(text: string): Promise<void> {
  const { codePicture, drawCode } = await import('../shared/tickets/draw-code.ts');
  drawCode(text, byId('qris-code', HTMLCanvasElement));
  byId('qris-save', HTMLAnchorElement).href = codePicture(text);
}

function showMessage(text: string, isBad: boolean): void {
  show('pay-message', text !== '');
  byId('pay-message').className = `notice ${isBad ? 'notice-bad' : 'notice-warn'}`;
  setText('pay-message', text);
}

function tick(): void {
  if (endsAtMs === undefined) return;
  showDeadlineTime(endsAtMs);
  const left = Math.max(0, endsAtMs - serverNow());
  byId('countdown').textContent = left === 0 ? words.timeUp : leftText(left);
  byId('countdown').parentElement?.toggleAttribute('data-soon', left < soonMs);
}

function watchCopy(): void {
  const number = byId('va-number');
  const plain = () => number.dataset['plain'] ?? '';
  // However the number is copied, banks take it without blanks.
  number.addEventListener('copy', (event) => {
    event.clipboardData?.setData('text/plain', plain());
    event.preventDefault();
  });
  byId('copy').addEventListener('click', () => {
    void writeText(number, plain()).then((isCopied) => {
      if (!isCopied) return;
      setText('copy', words.copied);
      // Another method brings another number, which is not copied yet.
      setTimeout(() => setText('copy', words.copy), copiedMs);
    });
  });
}

/** The browsers inside other apps often have no clipboard for pages. They copy what is selected, or at least leave it selected. */
async function writeText(shown: HTMLElement, text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(shown);
    return document.execCommand('copy');
  }
}

/**
 * Keeps the countdown and the buttons working.
 * @param on.passed called when a deadline has passed
 */
export function watchPayment(path: string, on: { readonly lookAgain: () => void; readonly passed: () => void }): void {
  const { lookAgain } = on;
  setInterval(() => {
    tick();
    if (endsAtMs === undefined || endsAtMs > serverNow() || endsAtMs === passedMs) return;
    passedMs = endsAtMs;
    on.passed();
  }, 1000);
  watchCopy();
  const choose = async (method: string) => {
    const answer = await call('POST', `${path}/payments`, { body: { method } });
    if (answer.kind === 'refused') showMessage(refusalText(answer.problem), true);
    else lookAgain();
  };
  watchMethods(choose);
  const again = byId('pay-again', HTMLButtonElement);
  again.addEventListener('click', () => {
    // The button is hidden while the attempt is made.
    byId('pay-title').focus();
    void whileBusy(again, () => choose('any'));
  });
}
