import { inLanguage } from '../../../platform/text/in-language.ts';
import { transferWords } from '../../i18n/words/order/transfer.ts';
import { call } from '../shared/calls/api.ts';
import { byId, element, focusIfHidden, show } from '../shared/dom.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { ticketNumber } from './order-tickets.ts';
import { sayGiven, sendTransfer } from '../shared/tickets/send-transfer.ts';

type Transfers = {
  readonly isOpen: boolean;
  readonly tickets: readonly {
    readonly ticketId: string;
    readonly ticketCategory: string;
    readonly ticketCategoryEn: string | null;
    readonly holder: { readonly name: string } | null;
  }[];
};

const words = transferWords[pageLanguage];

/** Shows which tickets can be given to somebody, and to whom others were given. Without an answer it is not shown. */
export async function loadTransfers(path: string): Promise<void> {
  const answer = await call<Transfers>('GET', `${path}/transfers`);
  if (answer.kind !== 'ok') return;
  const { isOpen, tickets } = answer.body;
  const own = tickets.filter(({ holder }) => holder === null);
  const nameOf = ({ ticketCategory, ticketCategoryEn }: Transfers['tickets'][number]) =>
    inLanguage(pageLanguage, ticketCategory, ticketCategoryEn);
  const given = tickets.flatMap((ticket) =>
    ticket.holder === null ? [] : [element('li', { text: words.toWhom(nameOf(ticket), ticket.holder.name) })],
  );
  const choice = byId('transfer-ticket', HTMLSelectElement);
  const chosen = choice.value;
  choice.replaceChildren(
    ...own.map((ticket) => new Option(words.ticket(ticketNumber(ticket.ticketId), nameOf(ticket)), ticket.ticketId)),
  );
  if (own.some(({ ticketId }) => ticketId === chosen)) choice.value = chosen;
  byId('given-list').replaceChildren(...given);
  show('given', given.length > 0);
  show('transfer-form', isOpen && own.length > 0);
  focusIfHidden(document.querySelector<HTMLElement>('#transfers summary'));
  show('transfers', given.length > 0 || (isOpen && own.length > 0));
}

/** @param onGiven called after a ticket was given away, so that the tickets are read again */
export function watchTransfers(path: string, onGiven: () => void): void {
  sendTransfer({
    path: `${path}/transfers`,
    more: () => ({ ticketId: byId('transfer-ticket', HTMLSelectElement).value }),
    onDone: () => {
      for (const name of ['name', 'email']) byId(name, HTMLInputElement).value = '';
      sayGiven();
      onGiven();
    },
  });
}
