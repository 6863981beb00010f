import { formatMoney, formatPrice } from '../../../platform/text/format-money.ts';
import { roomWords } from '../../i18n/words/room.ts';
import { refusalWords } from '../../i18n/words/refusals.ts';
import type { Problem } from '../shared/calls/api.ts';
import { byId, element, languageQuery, setText } from '../shared/dom.ts';
import { setFaults, setMessage } from '../shared/forms/form-faults.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { refusalText, waitingText } from '../shared/forms/refusal-text.ts';
import type { Waiting } from './place-order.ts';
import type { ShownTotal, TicketChoice } from './ticket-choice.ts';

const words = refusalWords[pageLanguage];
export const orderFields = ['name', 'email', 'phone', 'promoCode'];

/** Says that an order was sent before and that its outcome is unknown. */
export function sayEarlier(onCheck: () => void, onDrop: () => void): void {
  const ways = [actionButton(words.earlierCheck, onCheck), actionButton(words.earlierDrop, onDrop)];
  setMessage('form-message', words.earlier, 'wait', ...ways);
}

/**
 * Shows a refusal once: beside the field or the tickets that it is about, otherwise above the button. The focus goes
 * there.
 */
export function sayRefusal(slug: string, problem: Problem, choice: TicketChoice): void {
  setMessage('form-message', '');
  if (setFaults(orderFields, faultsOf(problem), codesOf(problem))) return;
  if (problem.ticketCategoryId !== undefined && choice.setFault(problem.ticketCategoryId, refusalText(problem))) return;
  setMessage('form-message', refusalText(problem), 'bad', ...waysOn(slug, problem.code));
  byId('form-message').focus();
}

/** Nothing was ordered: the buyer sees the new total and decides. The key is kept, so a second order cannot result. */
export function offerNewTotal(total: ShownTotal, onAgree: () => void): void {
  const text = formatMoney(total, pageLanguage);
  setText('total', formatPrice(total, pageLanguage));
  const agree = actionButton(words.orderAt(text), onAgree);
  setMessage('form-message', words.priceChanged(text), 'wait', agree);
  agree.focus();
}

/** Shows why the page waits and for how long. The buyer may stop it. */
export function countDown({ problem, waitMs }: Waiting, stop: AbortController): void {
  const reason =
    problem === undefined
      ? words.unreachableYet
      : problem.status === 500
        ? words.unexpected(problem.requestId)
        : waitingText(problem);
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

/** Where to go if the waiting room does not let this buyer order. */
function waysOn(slug: string, code: string): HTMLElement[] {
  if (!code.startsWith('queue.')) return [];
  const isSpent = code === 'queue.pass_spent';
  const link = element('a', { text: isSpent ? roomWords[pageLanguage].findOrder : roomWords[pageLanguage].takeTurn });
  link.href = (isSpent ? '/find-order' : `/events/${slug}/queue`) + languageQuery();
  return [link];
}

function faultsOf(problem: Problem): string[] {
  if (problem.code.startsWith('promo.')) return ['promoCode'];
  return problem.errors.map(({ path }) => path.replace(/^buyer\./, '')).filter((path) => orderFields.includes(path));
}

function codesOf(problem: Problem): Record<string, string> {
  if (problem.code.startsWith('promo.')) return { promoCode: refusalText(problem) };
  return Object.fromEntries(problem.errors.map(({ path, code = '' }) => [path.replace(/^buyer\./, ''), code]));
}

function actionButton(text: string, act: () => void): HTMLButtonElement {
  const button = element('button', { className: 'link-button', text });
  button.type = 'button';
  button.addEventListener('click', act);
  return button;
}
