import { groupTicketCode } from '../../orders/tickets/codes/group-ticket-code.ts';
import { inLanguage } from '../../platform/text/in-language.ts';
import { formatClockIn, formatDate } from '../../platform/text/format-time.ts';
import { askedBy, call } from './shared/calls/api.ts';
import { onStale, poll } from './shared/calls/poll.ts';
import { nextTry } from './shared/calls/waiting.ts';
import { byId, focusIfHidden, setText, show, takeFragment } from './shared/dom.ts';
import { drawCode } from './shared/tickets/draw-code.ts';
import { forgetOffline, keepOffline } from './shared/tickets/keep-offline.ts';
import { openFile } from './shared/tickets/open-file.ts';
import { pageLanguage } from './shared/page-language.ts';
import { outlivesPage, pageStorage } from './shared/page-storage.ts';
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

const ticketId = location.pathname.split('/').pop() ?? '';
const path = `/v1/tickets/${ticketId}`;
const keptAs = `antre-ticket-${ticketId}`;
const kept = pageStorage('localStorage');
/** Keeps the link's secret in this browser, so that a reload works, until it no longer opens a ticket. */
const token = takeFragment(!outlivesPage()) || (kept.getItem(keptAs) ?? '');

let failures = 0;
let isGiven = false;
/** The ticket that is shown, and the one that is kept in the browser. */
let shown = '';
let copied = '';

const watch = poll(look);
onStale(watch.now);
offerFile('pdf', 'ticket.pdf');
offerFile('calendar', 'event.ics');
sendTransfer({ path: `${path}/transfers`, token, more: () => ({}), onDone: showGiven });
byId('forget').addEventListener('click', () => {
  void forgetOffline(ticketId).then(() => {
    show('kept', false);
    focusIfHidden(byId('event-name'));
  });
});

async function look(): Promise<number | undefined> {
  const answer = await call<HeldTicket>('GET', path, { token });
  if (isGiven) return undefined;
  const isGone = answer.kind === 'refused' && (answer.problem.status === 404 || answer.problem.status === 400);
  const isAway = !isGone && (answer.kind !== 'ok' || answer.isKept);
  show('offline', isAway);
  const ticket = answer.kind === 'ok' ? JSON.stringify(answer.body) : '';
  // Drawn again only if it has changed, so that nothing moves under a finger.
  if (answer.kind === 'ok' && ticket !== shown) present(answer.body);
  shown = ticket === '' ? shown : ticket;
  if (isAway) {
    failures += 1;
    return nextTry(failures, askedBy(answer), Math.random());
  }
  failures = 0;
  if (isGone) showMissing();
  else if (ticket !== copied) void copy(ticket);
  return undefined;
}

async function copy(ticket: string): Promise<void> {
  copied = ticket;
  show('kept', await keepOffline({ id: ticketId, scope: '/tickets/', paths: [path], token }));
}

function showMissing(): void {
  // A wrong link takes nothing from a browser that has the right one.
  if (kept.getItem(keptAs) === token) forget();
  shown = '';
  copied = '';
  for (const part of ['loading', 'ticket']) show(part, false);
  show('missing', true);
  byId('content').focus();
}

function present(ticket: HeldTicket): void {
  const { code, holderName, isTransferable, wallets = [], event } = ticket;
  const name = inLanguage(pageLanguage, event.name, event.nameEn);
  kept.setItem(keptAs, token);
  setText('event-name', name);
  const day = formatDate(event.startsAt, event.timeZone, pageLanguage, 'full');
  const clock = formatClockIn(event.startsAt, event.timeZone, pageLanguage);
  setText('event-facts', `${event.isPostponed ? '' : `${day}, ${clock}\n`}${event.venue}, ${event.city}`);
  document.title = `${name} · antre`;
  show('postponed', event.isPostponed);
  show('valid', code !== null);
  show('invalid', code === null);
  setText('category', inLanguage(pageLanguage, ticket.ticketCategory, ticket.ticketCategoryEn));
  setText('holder', holderName);
  if (code !== null) showCode(code);
  const here = walletsHere(wallets);
  byId('wallets').replaceChildren(...walletButtons(path, here, token));
  show('wallet-note', here.length > 0);
  show('transfer', isTransferable);
  show('loading', false);
  show('missing', false);
  show('ticket', true);
  focusIfHidden(byId('event-name'));
}

/** The ticket as a file. A link cannot send the token, so the page asks for the file. */
function offerFile(button: 'pdf' | 'calendar', name: string): void {
  byId(button).addEventListener('click', () => {
    show('file-failed', false);
    void openFile(`${path}/${name}`, token, name).then((isDone) => show('file-failed', !isDone));
  });
}

function showCode({ code, shortCode }: NonNullable<HeldTicket['code']>): void {
  setText('short-code', groupTicketCode(shortCode));
  drawCode(code, byId('qr', HTMLCanvasElement));
}

function forget(): void {
  kept.removeItem(keptAs);
  void forgetOffline(ticketId);
}

function showGiven(): void {
  isGiven = true;
  forget();
  show('ticket', false);
  show('done', true);
  byId('done').focus();
}
