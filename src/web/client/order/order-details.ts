import { formatDateTime } from '../../../platform/text/format-time.ts';
import { orderDetailsWords } from '../../i18n/words/order-details.ts';
import { refusalWords } from '../../i18n/words/refusals.ts';
import { type Problem, call } from '../shared/api.ts';
import { byId, element, setText, show } from '../shared/dom.ts';
import { setFault, setMessage } from '../shared/form-faults.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { refusalText } from '../shared/refusal-text.ts';

type DetailsView = {
  readonly until: string | null;
  readonly isOpen: boolean;
  readonly timeZone: string;
  readonly tickets: readonly {
    readonly ticketId: string;
    readonly ticketCategory: string;
    readonly holderName: string | null;
  }[];
};

const words = orderDetailsWords[pageLanguage];
const nameLengthMax = 100;
const fieldOf = (index: number) => `holder-${index + 1}`;
const inputOf = (index: number) => byId(fieldOf(index), HTMLInputElement);

let shown: DetailsView | undefined;

/** Shows the names of the tickets' holders, where the tickets carry names. Without an answer the page does without them. */
export async function loadDetails(path: string): Promise<void> {
  const answer = await call<DetailsView>('GET', `${path}/details`);
  if (answer.kind === 'ok') present(answer.body);
}

/** @param onNamed after names have changed, so that the tickets are read again */
export function watchDetails(path: string, onNamed: () => void): void {
  const button = byId('details-save', HTMLButtonElement);
  byId('details-form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (shown === undefined || button.disabled) return;
    button.disabled = true;
    void save(path, shown, onNamed).finally(() => {
      button.disabled = false;
    });
  });
}

function present(details: DetailsView): void {
  const { tickets, isOpen } = details;
  // What somebody is typing stays.
  const isSame =
    shown?.tickets.map(({ ticketId }) => ticketId).join(' ') === tickets.map(({ ticketId }) => ticketId).join(' ');
  shown = details;
  show('details', tickets.length > 0);
  setText('details-until', isOpen ? untilText(details) : words.closed);
  show('details-save', isOpen);
  if (!isSame) byId('details-fields').replaceChildren(...tickets.map((ticket, index) => nameField(ticket, index)));
  for (const index of tickets.keys()) inputOf(index).disabled = !isOpen;
}

function untilText({ until, timeZone }: DetailsView): string {
  if (until === null) return words.untilDated;
  return words.until(formatDateTime(until, timeZone, pageLanguage));
}

function nameField({ ticketCategory, holderName }: DetailsView['tickets'][number], index: number): HTMLElement {
  const name = fieldOf(index);
  const label = element('label', { text: words.holderOf(index + 1, ticketCategory) });
  label.htmlFor = name;
  const input = element('input');
  input.id = name;
  input.maxLength = nameLengthMax;
  input.autocomplete = 'off';
  input.value = holderName ?? '';
  input.setAttribute('aria-describedby', `${name}-error`);
  const fault = element('p', { className: 'field-error' });
  fault.id = `${name}-error`;
  fault.hidden = true;
  return element('div', { className: 'field' }, label, input, fault);
}

async function save(path: string, { tickets }: DetailsView, onNamed: () => void): Promise<void> {
  setMessage('details-message', '');
  const changed: { readonly index: number; readonly ticketId: string; readonly holderName: string }[] = [];
  let firstFault: number | undefined;
  for (const [index, { ticketId, holderName }] of tickets.entries()) {
    const given = inputOf(index).value.trim();
    const isMissing = given === '' && holderName !== null;
    setFault(fieldOf(index), isMissing && words.nameNeeded);
    if (isMissing) firstFault ??= index;
    else if (given !== (holderName ?? '')) changed.push({ index, ticketId, holderName: given });
  }
  if (firstFault !== undefined) return inputOf(firstFault).focus();
  if (changed.length === 0) return setMessage('details-message', words.nothing, 'wait');
  const body = { tickets: changed.map(({ ticketId, holderName }) => ({ ticketId, holderName })) };
  const answer = await call<DetailsView>('PATCH', `${path}/details`, { body });
  if (answer.kind === 'ok') {
    present(answer.body);
    setMessage('details-message', words.saved, 'good');
    onNamed();
    return;
  }
  if (answer.kind !== 'refused') return setMessage('details-message', refusalWords[pageLanguage].unreachableNow);
  const faulty = faultsOf(answer.problem).flatMap(({ index, code }) => {
    const field = changed[index];
    return field === undefined ? [] : [{ index: field.index, code }];
  });
  for (const { index, code } of faulty) setFault(fieldOf(index), code);
  if (faulty[0] !== undefined) return inputOf(faulty[0].index).focus();
  setMessage('details-message', words.refused[answer.problem.code] ?? refusalText(answer.problem));
}

/** The faults of entries of the list that was sent, as in `tickets.0.holderName`. */
function faultsOf({ errors }: Problem): { readonly index: number; readonly code: string | true }[] {
  return errors.flatMap(({ path, code }) => {
    const index = /^tickets\.(\d+)\./.exec(path)?.[1];
    return index === undefined ? [] : [{ index: Number(index), code: code ?? true }];
  });
}
