import { eventWords } from '../../i18n/words/event.ts';
import { byId, setText, show } from '../shared/dom.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { serverNow } from '../shared/calls/server-clock.ts';

const words = eventWords[pageLanguage];

/** One ticket category of the page. */
export type Row = {
  readonly id: string;
  readonly name: string;
  readonly price: number;
  readonly quantityMin: number;
  readonly quantityMax: number;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly node: HTMLElement;
  readonly input: HTMLInputElement;
};

export type ShownTotal = { readonly amount: number; readonly currency: string };

export type ChosenPrice = { readonly subtotal: ShownTotal; readonly fees: ShownTotal; readonly total: ShownTotal };

/** The chosen quantities, as shown. */
export type TicketChoice = {
  readonly rows: readonly Row[];
  onChange(listener: () => void): void;
  /** The price of the chosen tickets, before any promo code. */
  price(): ChosenPrice;
  lines(): { readonly ticketCategoryId: string; readonly quantity: number }[];
  /** The first row with fewer tickets than the category's minimum. */
  tooFew(): Row | undefined;
  setBand(id: string, band: string): void;
  /** Opens and closes rows whose time has come. */
  turn(): void;
  setLocked(isLocked: boolean): void;
  /**
   * Shows what is wrong beside a category, or below all of them, and moves the focus there.
   * @returns whether it was shown
   */
  setFault(id: string | undefined, text: string): boolean;
  clearFaults(): void;
};

export function ticketChoice(form: HTMLFormElement): TicketChoice {
  const rows = [...form.querySelectorAll<HTMLElement>('[data-category]')].map(rowOf);
  const ticketsMax = Number(form.dataset['ticketsMax'] ?? 0);
  const listeners: (() => void)[] = [];
  let isLocked = false;

  const quantityOf = ({ input }: Row) => Math.max(0, Math.floor(Number(input.value)) || 0);
  const isOpen = ({ node }: Row) => node.dataset['state'] === 'open' && node.dataset['band'] !== 'none';

  const update = (): void => {
    const count = rows.reduce((sum, row) => sum + quantityOf(row), 0);
    for (const row of rows) {
      const quantity = quantityOf(row);
      const canChoose = isOpen(row) && !isLocked;
      row.input.disabled = !canChoose;
      row.node.toggleAttribute('data-chosen', quantity > 0);
      for (const button of row.node.querySelectorAll<HTMLButtonElement>('[data-step]')) {
        const isUp = button.dataset['step'] === '1';
        const isAtEnd = isUp ? quantity >= row.quantityMax || count >= ticketsMax : quantity === 0;
        button.disabled = !canChoose;
        // Not `disabled`: the last step would take the focus from somebody who uses a keyboard.
        button.ariaDisabled = String(isAtEnd);
      }
    }
    form.toggleAttribute('data-chosen', count > 0);
    for (const listener of listeners) listener();
  };

  const setQuantity = (row: Row, wanted: number): void => {
    const others = rows.reduce((sum, other) => sum + (other === row ? 0 : quantityOf(other)), 0);
    row.input.value = String(Math.max(0, Math.min(wanted, row.quantityMax, ticketsMax - others)));
    clearChoiceFaults(rows);
    update();
  };
  for (const row of rows) {
    row.input.addEventListener('change', () => setQuantity(row, quantityOf(row)));
    row.input.addEventListener('focus', () => row.input.select());
    for (const button of row.node.querySelectorAll<HTMLButtonElement>('[data-step]')) {
      button.addEventListener('click', () => {
        const isUp = button.dataset['step'] === '1';
        const now = quantityOf(row);
        // From 0 the first step goes to the category's minimum, and back to 0.
        const next = isUp ? Math.max(now + 1, row.quantityMin) : now <= row.quantityMin ? 0 : now - 1;
        setQuantity(row, next);
      });
    }
  }
  update();

  return {
    rows,
    onChange: (listener) => void listeners.push(listener),
    price: () => priceOf(form, rows, quantityOf),
    lines: () =>
      rows.filter((row) => quantityOf(row) > 0).map((row) => ({ ticketCategoryId: row.id, quantity: quantityOf(row) })),
    tooFew: () => rows.find((row) => quantityOf(row) > 0 && quantityOf(row) < row.quantityMin),
    setBand: (id, band) => {
      const row = rows.find((one) => one.id === id);
      if (row === undefined || row.node.dataset['band'] === band) return;
      row.node.dataset['band'] = band;
      if (band === 'none') drop(row, words.goneWhileChosen);
      showState(row);
      update();
    },
    turn: () => {
      // No `some`: every row must be updated.
      if (rows.map(turnRow).includes(true)) update();
    },
    setLocked: (locked) => {
      isLocked = locked;
      update();
    },
    setFault: (id, text) => setChoiceFault(rows, id, text),
    clearFaults: () => clearChoiceFaults(rows),
  };
}

/** Only tickets with a price have a fee. */
function priceOf(
  { dataset: { fee = '0', currency = 'IDR' } }: HTMLFormElement,
  rows: readonly Row[],
  quantityOf: (row: Row) => number,
): ChosenPrice {
  const priced = rows.filter(({ price }) => price > 0);
  const subtotal = priced.reduce((sum, row) => sum + quantityOf(row) * row.price, 0);
  const fees = priced.reduce((sum, row) => sum + quantityOf(row) * Number(fee), 0);
  const money = (amount: number) => ({ amount, currency });
  return { subtotal: money(subtotal), fees: money(fees), total: money(subtotal + fees) };
}

function setChoiceFault(rows: readonly Row[], id: string | undefined, text: string): boolean {
  clearChoiceFaults(rows);
  const row = rows.find((one) => one.id === id);
  const place = document.getElementById(row === undefined ? 'choice-error' : `fault-${row.id}`);
  if (place === null || (id !== undefined && row === undefined)) return false;
  place.hidden = false;
  place.textContent = text;
  const input = row?.input ?? rows.find(({ input: { disabled } }) => !disabled)?.input;
  input?.setAttribute('aria-invalid', 'true');
  if (input === undefined || input.disabled) place.focus();
  else input.focus();
  place.scrollIntoView({ block: 'center' });
  return true;
}

function clearChoiceFaults(rows: readonly Row[]): void {
  for (const place of document.querySelectorAll<HTMLElement>('.choice-fault')) {
    place.hidden = true;
    place.textContent = '';
  }
  for (const { input } of rows) input.removeAttribute('aria-invalid');
}

function rowOf(node: HTMLElement): Row {
  const { category = '', price, opensAt = '', closesAt = '' } = node.dataset;
  const input = node.querySelector('input');
  if (input === null) throw new Error('a category without an input');
  return {
    id: category,
    name: node.querySelector('strong')?.textContent ?? '',
    price: Number(price),
    quantityMin: Number(input.dataset['min']),
    quantityMax: Number(input.max),
    opensAtMs: Date.parse(opensAt),
    closesAtMs: Date.parse(closesAt),
    node,
    input,
  };
}

/** Takes the tickets of a row out of the order, and says so if some were chosen. */
function drop({ id, name, input }: Row, why: (category: string) => string): void {
  const wasChosen = Number(input.value) > 0;
  input.value = '0';
  if (!wasChosen) return;
  show(`fault-${id}`, true);
  setText(`fault-${id}`, why(name));
  setText('sale-live', why(name));
}

/** Updates one row. @returns whether its state has changed */
function turnRow(row: Row): boolean {
  const { node, opensAtMs, closesAtMs } = row;
  const now = serverNow();
  const state = node.dataset['state'];
  const isClosing = state !== 'closed' && now >= closesAtMs;
  const isOpening = state === 'upcoming' && now >= opensAtMs;
  if (isClosing) setState(row, 'closed');
  else if (isOpening) setState(row, 'open');
  return isClosing || isOpening;
}

function setState(row: Row, state: 'open' | 'closed'): void {
  row.node.dataset['state'] = state;
  if (state === 'closed') drop(row, words.closedWhileChosen);
  showState(row);
}

function showState({ node }: Row): void {
  const { state, band } = node.dataset;
  const label = node.querySelector('[data-part="band"]');
  if (label === null || state === 'upcoming') return;
  const known = band === 'many' || band === 'few' || band === 'last' ? band : 'none';
  label.className = `band band-${state === 'closed' ? 'closed' : known}`;
  label.textContent = state === 'closed' ? words.closed : words.bands[known];
}

/** Hides the link to the tickets while they are in sight. */
export function hideJumpInSight(): void {
  const jump = document.getElementById('jump');
  if (jump === null || !('IntersectionObserver' in window)) return;
  new IntersectionObserver((entries) => {
    jump.hidden = entries.some((entry) => entry.isIntersecting || entry.boundingClientRect.top < 0);
  }).observe(byId('tickets'));
}
