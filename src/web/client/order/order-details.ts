import { formatDateTime } from '../../../platform/text/format-time.ts';
import { orderDetailsWords } from '../../i18n/words/order/order-details.ts';
import { refusalWords } from '../../i18n/words/refusals.ts';
import { type Problem, call } from '../shared/calls/api.ts';
import { byId, element, setText, show, whileBusy } from '../shared/dom.ts';
import { setFault, setMessage } from '../shared/forms/form-faults.ts';
import { keepTyped } from '../shared/forms/send-form.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { ticketNumber } from './order-tickets.ts';
import { refusalText } from '../shared/forms/refusal-text.ts';
import { type DetailField, type DetailsView, drawField, groupsOf } from './details-fields.ts';

const words = orderDetailsWords[pageLanguage];

/** The form as it is drawn. */
let fields: readonly DetailField[] = [];
let keepsTyped = false;

/** Shows the fields that the buyer should fill in, if any. Without an answer they are not shown. */
export async function loadDetails(path: string): Promise<void> {
  const answer = await call<DetailsView>('GET', `${path}/details`);
  // Text that somebody is typing stays.
  if (answer.kind !== 'ok' || changedFields().length > 0) return;
  present(answer.body);
  if (keepsTyped) return;
  keepsTyped = true;
  void keepTyped(byId('details-form', HTMLFormElement));
}

/** @param onGiven called after details have changed, so that the tickets are read again */
export function watchDetails(path: string, onGiven: () => void): void {
  const button = byId('details-save', HTMLButtonElement);
  byId('details-form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (!button.disabled) void whileBusy(button, () => save(path, onGiven));
  });
}

function present(details: DetailsView): void {
  const { isOpen } = details;
  const all = groupsOf(details, ticketNumber);
  // What can be given no more is shown as far as it was given.
  const given = all.map((group) => ({ ...group, fields: group.fields.filter(({ value }) => value !== '') }));
  const groups = isOpen ? all : given.filter((group) => group.fields.length > 0);
  fields = groups.flatMap((group) => group.fields);
  show('details', fields.length > 0);
  setText('details-until', isOpen ? untilText(details) : words.closed);
  show('details-missing', isOpen && !details.isComplete);
  show('details-save', isOpen);
  byId('details-fields').replaceChildren(
    ...groups.map((group) =>
      element(
        'fieldset',
        { className: 'details-group' },
        element('legend', { text: group.legend }),
        ...group.fields.map((field) => drawField(field, isOpen)),
      ),
    ),
  );
}

function untilText({ until, timeZone }: DetailsView): string {
  if (until === null) return words.untilDated;
  return words.until(formatDateTime(until, timeZone, pageLanguage));
}

function typedIn({ id }: DetailField): string {
  const input = byId(id);
  return input instanceof HTMLInputElement || input instanceof HTMLSelectElement ? input.value.trim() : '';
}

function changedFields(): DetailField[] {
  return fields.filter((field) => typedIn(field) !== field.value);
}

async function save(path: string, onGiven: () => void): Promise<void> {
  setMessage('details-message', '');
  const changed = changedFields();
  for (const field of fields) setFault(field.id, false);
  if (markFaults(changed.filter((field) => field.isKept && typedIn(field) === ''))) return;
  if (changed.length === 0) return setMessage('details-message', words.nothing, 'wait');
  const sent = { tickets: listed(changed, 'tickets'), answers: listed(changed, 'answers') };
  const body = {
    tickets: sent.tickets.map((field) => ({ ticketId: field.of.ticketId, holderName: typedIn(field) })),
    answers: sent.answers.map((field) => ({
      ticketId: field.of.ticketId,
      questionId: field.of.list === 'answers' ? field.of.questionId : '',
      value: typedIn(field),
    })),
  };
  const answer = await call<DetailsView>('PATCH', `${path}/details`, { body });
  if (answer.kind === 'ok') {
    present(answer.body);
    setMessage('details-message', words.saved, 'good');
    return onGiven();
  }
  if (answer.kind !== 'refused') return setMessage('details-message', refusalWords[pageLanguage].unreachable);
  if (markFaults(faultyOf(answer.problem, sent), answer.problem)) return;
  setMessage('details-message', words.refused[answer.problem.code] ?? refusalText(answer.problem));
}

const listed = (changed: readonly DetailField[], list: DetailField['of']['list']) =>
  changed.filter(({ of }) => of.list === list);

/**
 * Marks the fields and goes to the first.
 * @returns whether there is one
 */
function markFaults(faulty: readonly DetailField[], problem?: Problem): boolean {
  const isName = problem?.errors.some(({ code }) => code === 'name.not_a_name') === true;
  for (const field of faulty) {
    setFault(field.id, isName && field.of.list === 'tickets' ? 'name.not_a_name' : words.needed);
  }
  const [first] = faulty;
  if (first !== undefined) byId(first.id).focus();
  return first !== undefined;
}

/** The fields that the API found faults in, as in `tickets.0.holderName`. */
function faultyOf({ errors }: Problem, sent: Readonly<Record<'tickets' | 'answers', readonly DetailField[]>>) {
  return errors.flatMap(({ path }) => {
    const [, list, index] = /^(tickets|answers)\.(\d+)\./.exec(path) ?? [];
    const field = list === 'tickets' || list === 'answers' ? sent[list][Number(index)] : undefined;
    return field === undefined ? [] : [field];
  });
}
