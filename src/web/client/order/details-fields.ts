import { inLanguage } from '../../../platform/text/in-language.ts';
import { orderDetailsWords } from '../../i18n/words/order/order-details.ts';
import { element } from '../shared/dom.ts';
import { pageLanguage } from '../shared/page-language.ts';

type Question = {
  readonly id: string;
  readonly text: string;
  readonly textEn: string | null;
  readonly kind: 'text' | 'choice' | 'yes_no';
  readonly scope: 'order' | 'ticket';
  readonly choices: readonly { readonly text: string; readonly textEn: string | null }[];
  readonly isRequired: boolean;
};

/** The details of an order, as the API's contract has them. */
export type DetailsView = {
  readonly until: string | null;
  readonly isOpen: boolean;
  readonly isComplete: boolean;
  readonly timeZone: string;
  readonly tickets: readonly {
    readonly ticketId: string;
    readonly ticketCategory: string;
    readonly ticketCategoryEn: string | null;
    readonly hasHolderName: boolean;
    readonly holderName: string | null;
  }[];
  readonly questions: readonly Question[];
  readonly answers: readonly {
    readonly questionId: string;
    readonly ticketId: string | null;
    readonly value: string;
  }[];
};

/** One field of the form. */
export type DetailField = {
  /** Id of its element. */
  readonly id: string;
  readonly label: string;
  /** The value given before; empty for none. */
  readonly value: string;
  /** Once given, it can be replaced but not removed. */
  readonly isKept: boolean;
  readonly maxLength: number;
  /** Of a choice, as they are shown; undefined for a text. */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly of:
    | { readonly list: 'tickets'; readonly ticketId: string }
    | { readonly list: 'answers'; readonly ticketId: string | null; readonly questionId: string };
};

const words = orderDetailsWords[pageLanguage];
const nameLengthMax = 100;
const answerLengthMax = 500;

const textOf = ({ text, textEn }: { text: string; textEn: string | null }) => inLanguage(pageLanguage, text, textEn);

/**
 * The fields for the order and for each ticket. Groups without a field are left out.
 * @param numberOf the number that a ticket carries on the page
 */
export function groupsOf(
  details: DetailsView,
  numberOf: (ticketId: string) => number,
): { readonly legend: string; readonly fields: readonly DetailField[] }[] {
  const ofOrder = details.questions.filter(({ scope }) => scope === 'order');
  const ofTicket = details.questions.filter(({ scope }) => scope === 'ticket');
  const groups = [
    { legend: words.ofOrder, fields: ofOrder.map((question) => questionField(details, question, null, 0)) },
    ...details.tickets.map(({ ticketId, hasHolderName, holderName, ...ticket }) => ({
      legend: words.ofTicket(
        numberOf(ticketId),
        inLanguage(pageLanguage, ticket.ticketCategory, ticket.ticketCategoryEn),
      ),
      fields: [
        ...(hasHolderName ? [nameField(ticketId, holderName, numberOf(ticketId))] : []),
        ...ofTicket.map((question) => questionField(details, question, ticketId, numberOf(ticketId))),
      ],
    })),
  ];
  return groups.filter(({ fields }) => fields.length > 0);
}

function nameField(ticketId: string, holderName: string | null, number: number): DetailField {
  return {
    id: `holder-${number}`,
    label: words.holder,
    value: holderName ?? '',
    isKept: true,
    maxLength: nameLengthMax,
    of: { list: 'tickets', ticketId },
  };
}

function questionField(
  { answers }: DetailsView,
  question: Question,
  ticketId: string | null,
  number: number,
): DetailField {
  const given = answers.find((answer) => answer.questionId === question.id && answer.ticketId === ticketId);
  const choices =
    question.kind === 'yes_no'
      ? [
          { value: 'yes', label: words.yes },
          { value: 'no', label: words.no },
        ]
      : question.choices.map((choice) => ({ value: choice.text, label: textOf(choice) }));
  const text = textOf(question);
  return {
    id: `answer-${question.id}-${number}`,
    label: question.isRequired ? text : `${text} (${words.optional})`,
    value: given?.value ?? '',
    isKept: question.isRequired,
    maxLength: answerLengthMax,
    ...(question.kind === 'text' ? {} : { options: choices }),
    of: { list: 'answers', ticketId, questionId: question.id },
  };
}

/** A labelled field with the element for its fault. */
export function drawField(field: DetailField, isOpen: boolean): HTMLElement {
  const label = element('label', { text: field.label });
  label.htmlFor = field.id;
  const input = field.options === undefined ? textInput(field) : choiceInput(field, field.options);
  input.id = field.id;
  input.disabled = !isOpen;
  input.setAttribute('aria-describedby', `${field.id}-error`);
  const fault = element('p', { className: 'field-error' });
  fault.id = `${field.id}-error`;
  fault.hidden = true;
  return element('div', { className: 'field' }, label, input, fault);
}

function textInput({ value, maxLength }: DetailField): HTMLInputElement {
  const input = element('input');
  input.maxLength = maxLength;
  input.autocomplete = 'off';
  input.value = value;
  return input;
}

function choiceInput({ value }: DetailField, options: NonNullable<DetailField['options']>): HTMLSelectElement {
  const select = element('select');
  // A choice that is no longer offered stays until another is made.
  const isGone = value !== '' && options.every((option) => option.value !== value);
  const all = [{ value: '', label: '–' }, ...options, ...(isGone ? [{ value, label: value }] : [])];
  for (const option of all) {
    const item = element('option', { text: option.label });
    item.value = option.value;
    select.append(item);
  }
  select.value = value;
  return select;
}
