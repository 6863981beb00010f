import { orderWords } from '../../i18n/words/order/order.ts';
import { refusalWords } from '../../i18n/words/refusals.ts';
import { call } from '../shared/calls/api.ts';
import { byId, setText, show } from '../shared/dom.ts';
import { type OrderView, hasTickets } from './order-view.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { refusalText } from '../shared/forms/refusal-text.ts';

const words = orderWords[pageLanguage];

/** Cancels the order after one confirmation. */
export function watchCancel(
  path: string,
  current: () => OrderView | undefined,
  onCancelled: (order: OrderView) => void,
): void {
  // Browsers from before 2022 have no `HTMLDialogElement`.
  const dialog = document.querySelector<HTMLDialogElement>('#cancel-dialog') ?? undefined;
  const yes = byId('cancel-yes', HTMLButtonElement);
  byId('cancel').addEventListener('click', () => {
    const order = current();
    if (order === undefined) return;
    setText('cancel-text', hasTickets(order) ? words.cancelPaid : words.cancelUnpaid);
    show('cancel-error', false);
    yes.disabled = false;
    if (typeof dialog?.showModal === 'function') dialog.showModal();
    else if (confirm(words.cancelTitle)) void cancel();
  });
  byId('cancel-no').addEventListener('click', () => dialog?.close());
  yes.addEventListener('click', () => void cancel());

  async function cancel(): Promise<void> {
    yes.disabled = true;
    const answer = await call<OrderView>('POST', `${path}/cancellation`);
    yes.disabled = false;
    if (answer.kind === 'ok') {
      if (dialog?.open === true) dialog.close();
      return onCancelled(answer.body);
    }
    setText(
      'cancel-error',
      answer.kind === 'refused' ? refusedText(answer.problem) : refusalWords[pageLanguage].unreachable,
    );
    show('cancel-error', true);
  }
}

function refusedText(problem: Parameters<typeof refusalText>[0]): string {
  const { reason } = problem;
  const texts: Readonly<Record<string, string | undefined>> = words.notCancellable;
  return texts[reason ?? ''] ?? refusalText(problem);
}
