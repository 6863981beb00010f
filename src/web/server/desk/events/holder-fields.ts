import type { Html } from '../../layout.ts';
import type { eventFormWords } from '../../../i18n/words/desk/events/event-form.ts';
import type { Form } from '../forms.ts';
import { checkField } from '../parts/fields.ts';

type Allowed = { readonly transfersAllowed: boolean; readonly hasWaitingList: boolean };

/** What buyers and people who wait may do. */
export function holderFields(form: Form, event: Allowed, words: (typeof eventFormWords)['id']): readonly Html[] {
  return [
    checkField(form, {
      name: 'transfersAllowed',
      label: words.transfers,
      hint: words.transfersHint,
      isChecked: event.transfersAllowed,
    }),
    checkField(form, {
      name: 'hasWaitingList',
      label: words.waitingList,
      hint: words.waitingListHint,
      isChecked: event.hasWaitingList,
    }),
  ];
}
