import { groupTicketCode } from '../../orders/tickets/codes/group-ticket-code.ts';
import { inLanguage } from '../../platform/text/in-language.ts';
import { formatClockIn, formatDate } from '../../platform/text/format-time.ts';
import { call } from './shared/calls/api.ts';
import { byId, localStorageIfAny, setText, show, takeFragment } from './shared/dom.ts';
import { openFile } from './shared/tickets/open-file.ts';
import { pageLanguage } from './shared/page-language.ts';
import { type WalletName, walletButtons, walletsHere } from './shared/tickets/wallet-buttons.ts';
import { sendTransfer } from './shared/tickets/send-transfer.ts';

type HeldTicket = {
  readonly code: { readonly code: string; readonly shortCode: string } | null;
  readonly ticketCategory: string;
  readonly ticketCategoryEn: string | null;
  readonly holderName: string;
  readonly isTransferable: boolean;
  readonly wallets?: readonly WalletName[];
  readonly event: {
    readonly name: string;
    readonly nameEn: string | null;
    readonly venue: string;
    readonly city: string;
    readonly timeZone: string;
    readonly startsAt: string;
    readonly isPostponed: boolean;
  };
};

const ticketId = location.pathname.split('/').at(-1) ?? '';
const path = `/v1/tickets/${ticketId}`;
const keptAs = `antre-ticket-${ticketId}`;
const kept = localStorageIfAny();
/** Keeps the link's secret in this browser, so that a reload works, until it no longer opens a ticket. */
const token = takeFragment() || (kept?.getItem(keptAs) ?? '');

void open();

async function open(): Promise<void> {
  const answer = await call<HeldTicket>('GET', path, { token });
  show('loading', false);
  if (answer.kind === 'ok') return present(answer.body);
  const isGone = answer.kind === 'refused' && (answer.problem.status === 404 || answer.problem.status === 400);
  if (isGone) kept?.removeItem(keptAs);
  show(isGone ? 'missing' : 'unreachable', true);
}

function present(ticket: HeldTicket): void {
  const { code, holderName, isTransferable, wallets = [], event } = ticket;
  const name = inLanguage(pageLanguage, event.name, event.nameEn);
  kept?.setItem(keptAs, token);
  setText('event-name', name);
  const day = formatDate(event.startsAt, event.timeZone, pageLanguage, 'full');
  const clock = formatClockIn(event.startsAt, event.timeZone, pageLanguage);
  setText('event-facts', `${event.isPostponed ? '' : `${day}, ${clock} · `}${event.venue}, ${event.city}`);
  document.title = `${name} · antre`;
  show('postponed', event.isPostponed);
  show('valid', code !== null);
  show('invalid', code === null);
  setText('category', inLanguage(pageLanguage, ticket.ticketCategory, ticket.ticketCategoryEn));
  setText('holder', holderName);
  if (code !== null) void showCode(code);
  offerFile('pdf', 'ticket.pdf');
  offerFile('calendar', 'event.ics');
  const here = walletsHere(wallets);
  byId('wallets').replaceChildren(...walletButtons(path, here, token));
  show('wallet-note', here.length > 0);
  show('transfer', isTransferable);
  if (isTransferable) sendTransfer({ path: `${path}/transfers`, token, more: () => ({}), onDone: showGiven });
  show('ticket', true);
}

/** The ticket as a file. A link cannot send the token, so the page asks for the file. */
function offerFile(button: 'pdf' | 'calendar', name: string): void {
  byId(button).addEventListener('click', () => {
    show('file-failed', false);
    void openFile(`${path}/${name}`, token, name).then((isDone) => show('file-failed', !isDone));
  });
}

async function showCode({ code, shortCode }: NonNullable<HeldTicket['code']>): Promise<void> {
  setText('short-code', groupTicketCode(shortCode));
  const { drawCode } = await import('./shared/tickets/draw-code.ts');
  drawCode(code, byId('qr', HTMLCanvasElement));
}

function showGiven(): void {
  kept?.removeItem(keptAs);
  show('ticket', false);
  show('done', true);
  byId('done').focus();
}
