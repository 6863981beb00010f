import { type MethodName, paymentMethodWords } from '../../i18n/words/order/payment-methods.ts';
import { byId, element, setText, show } from '../shared/dom.ts';
import type { PaymentView } from './order-view.ts';
import { pageLanguage } from '../shared/page-language.ts';

const words = paymentMethodWords[pageLanguage];
const known = new Set(Object.keys(words.methods));
/**
 * The methods that the list shows. It is redrawn only when they change, so that the focus stays on the pressed button.
 */
let drawn = '';

/** The number to pay to, large and in groups, with its bank and the steps there. */
export function showNumber({ vaNumber, bank, billKey, billerCode }: PaymentView): void {
  const number = vaNumber ?? billKey;
  show('virtual-account', number !== undefined);
  if (number === undefined) return;
  const name = words.banks[bank ?? ''];
  setText('va-label', billKey !== undefined && vaNumber === undefined ? words.billAt : words.accountAt(name ?? ''));
  const field = byId('va-number');
  field.dataset['plain'] = number;
  setText('va-number', number.replace(/(.{4})(?=.)/g, '$1 '));
  show('biller', billerCode !== undefined);
  setText('biller-code', billerCode ?? '');
  const steps = words.steps[bank ?? ''] ?? words.otherSteps;
  byId('va-steps').replaceChildren(...steps.map((text) => element('li', { text })));
}

/** The payment methods that can be chosen now, each as a button. */
export function showMethods({ methods = [], method, status, redirectUrl }: PaymentView): void {
  const offered = methods.filter((name): name is MethodName => known.has(name));
  show('methods', offered.length > 0);
  // A method that has failed may be chosen again.
  const isChosen = status === 'pending' && method !== 'any';
  setText('methods-title', isChosen ? words.chooseOther : redirectUrl === undefined ? words.choose : words.chooseHere);
  // While an attempt is made there is nothing to choose, so the list is hidden and kept.
  if (offered.length > 0 && offered.join() !== drawn) draw(offered);
  for (const button of methodButtons()) button.ariaPressed = String(isChosen && button.dataset['method'] === method);
}

function draw(offered: readonly MethodName[]): void {
  drawn = offered.join();
  byId('method-list').replaceChildren(
    ...offered.map((name) => {
      const button = element('button', { className: 'button button-quiet', text: words.methods[name] });
      button.type = 'button';
      button.dataset['method'] = name;
      return element('li', {}, button);
    }),
  );
}

const methodButtons = () => byId('method-list').querySelectorAll('button');

/** @param choose requests the method; the buttons wait for it */
export function watchMethods(choose: (method: string) => Promise<void>): void {
  const list = byId('method-list');
  list.addEventListener('click', ({ target }) => {
    const button = target instanceof HTMLElement ? target.closest('button') : null;
    const method = button?.dataset['method'];
    if (method === undefined || button?.ariaPressed === 'true') return;
    for (const one of methodButtons()) one.disabled = true;
    // The list is hidden while the attempt is made. The next content appears below this heading.
    byId('pay-title').focus();
    void choose(method).finally(() => {
      for (const one of methodButtons()) one.disabled = false;
    });
  });
}
