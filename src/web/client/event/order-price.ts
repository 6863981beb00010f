import { formatMoney, formatPrice } from '../../../platform/text/format-money.ts';
import { eventWords } from '../../i18n/words/event.ts';
import { refusalWords } from '../../i18n/words/refusals.ts';
import { call } from '../shared/calls/api.ts';
import { byId, element, setText, show, whileBusy } from '../shared/dom.ts';
import { setFault } from '../shared/forms/form-faults.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { refusalText } from '../shared/forms/refusal-text.ts';
import type { ChosenPrice, ShownTotal, TicketChoice } from './ticket-choice.ts';

type Quote = ChosenPrice & { readonly discount: ShownTotal };

/** The price of the order as the page shows it: before ordering, with fees and discount. */
export type OrderPrice = {
  total(): ShownTotal;
  /** Checks a typed code that was not checked yet. @returns whether the order may go on */
  settle(): Promise<boolean>;
};

const words = eventWords[pageLanguage];
const pauseMs = 300;
const deadlineMs = 5000;
const minus = '−';

export function orderPrice(slug: string, choice: TicketChoice): OrderPrice {
  const input = byId('promoCode', HTMLInputElement);
  const apply = byId('promo-apply', HTMLButtonElement);
  /** The answer for the code and the tickets that `key` names. */
  let quoted: { readonly key: string; readonly quote: Quote } | undefined;
  let appliedCode = '';
  let timer: number | undefined;

  const keyNow = () => JSON.stringify([input.value.trim(), choice.lines()]);
  const known = () => (quoted?.key === keyNow() ? quoted.quote : undefined);

  const showPrice = () => {
    const price = known() ?? { ...choice.price(), discount: undefined };
    showParts(price);
    // Nothing chosen costs nothing, but is not free.
    const text = choice.lines().length === 0 ? formatMoney : formatPrice;
    setText('total', text(price.total, pageLanguage));
  };
  const totalNow = () => known()?.total ?? choice.price().total;

  const ask = async (): Promise<boolean> => {
    const code = input.value.trim();
    const lines = choice.lines();
    if (code === '' || lines.length === 0 || known() !== undefined) return true;
    const key = keyNow();
    const answer = await whileBusy(apply, () =>
      call<Quote>('POST', `/v1/events/${slug}/quotes`, { body: { lines, promoCode: code }, deadlineMs }),
    );
    if (key !== keyNow()) return true;
    const isRefused = answer.kind === 'refused' && answer.problem.code.startsWith('promo.');
    if (answer.kind === 'ok') {
      quoted = { key, quote: answer.body };
      appliedCode = code;
      setFault('promoCode', false);
    } else if (isRefused) {
      appliedCode = '';
      setFault('promoCode', refusalText(answer.problem));
    }
    showPrice();
    // Without an answer the order itself checks the code, and asks before it accepts another price.
    return !isRefused;
  };
  const askByHand = async (): Promise<void> => {
    if (input.value.trim() === '') return setFault('promoCode', true);
    if (choice.lines().length === 0) return setFault('promoCode', refusalWords[pageLanguage].chooseTickets);
    if (!(await ask())) input.focus();
  };

  apply.addEventListener('click', () => void askByHand());
  input.addEventListener('input', () => {
    setFault('promoCode', false);
    showPrice();
  });
  showPrice();
  choice.onChange(() => {
    showPrice();
    window.clearTimeout(timer);
    if (appliedCode !== '' && appliedCode === input.value.trim()) timer = window.setTimeout(() => void ask(), pauseMs);
  });
  return {
    total: totalNow,
    settle: ask,
  };
}

/** @param price without `discount` while no code is applied */
function showParts({ subtotal, discount, fees }: ChosenPrice & { readonly discount: ShownTotal | undefined }): void {
  const text = (money: ShownTotal) => formatMoney(money, pageLanguage);
  const row = (label: string, amount: string) =>
    element('div', {}, element('dt', { text: label }), element('dd', { text: amount }));
  const isLower = discount !== undefined && discount.amount > 0;
  const rows = [
    row(words.subtotal, text(subtotal)),
    ...(isLower ? [row(words.discount, minus + text(discount))] : []),
    ...(fees.amount > 0 ? [row(words.fees, text(fees))] : []),
  ];
  byId('price-parts').replaceChildren(...rows);
  show('price-parts', rows.length > 1);
  setText('promo-result', discount === undefined ? '' : words.promoTaken(text(discount)));
}
