import { orderWords } from '../../i18n/words/order/order.ts';
import { refusalWords } from '../../i18n/words/refusals.ts';
import { call } from '../shared/calls/api.ts';
import { byId, setText, show, whileBusy } from '../shared/dom.ts';
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
  const dialog = dialogOf(byId('cancel-dialog'));
  const [ask, yes] = [byId('cancel', HTMLButtonElement), byId('cancel-yes', HTMLButtonElement)];
  ask.addEventListener('click', () => {
    const order = current();
    if (order === undefined) return;
    setText('cancel-text', textOf(order));
    show('cancel-error', false);
    dialog.open();
  });
  byId('cancel-no').addEventListener('click', () => {
    dialog.close();
    ask.focus();
  });
  yes.addEventListener('click', () => {
    if (!yes.disabled) void whileBusy(yes, cancel);
  });

  async function cancel(): Promise<void> {
    const answer = await call<OrderView>('POST', `${path}/cancellation`);
    if (answer.kind === 'ok') {
      dialog.close();
      return onCancelled(answer.body);
    }
    setText(
      'cancel-error',
      answer.kind === 'refused' ? refusedText(answer.problem) : refusalWords[pageLanguage].unreachable,
    );
    show('cancel-error', true);
  }
}

/** Browsers from before 2022 have no dialogs: it is then shown at its place in the page. */
function dialogOf(given: HTMLElement): { open(): void; close(): void } {
  const dialog = given as HTMLElement & { showModal?(): void; close?(): void };
  return {
    open: () => {
      if (dialog.showModal !== undefined) return dialog.showModal();
      dialog.setAttribute('open', '');
      byId('cancel-no').focus();
    },
    close: () => (dialog.close === undefined ? dialog.removeAttribute('open') : dialog.close()),
  };
}

function textOf(order: OrderView): string {
  if (!hasTickets(order)) return words.cancelUnpaid;
  return order.total.amount === 0 ? words.ofFree.cancel : words.cancelPaid;
}

function refusedText(problem: Parameters<typeof refusalText>[0]): string {
  const { reason } = problem;
  const texts: Readonly<Record<string, string | undefined>> = words.notCancellable;
  return texts[reason ?? ''] ?? refusalText(problem);
}
