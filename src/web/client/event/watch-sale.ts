import { isAnySoldOut, saleStageOf } from '../../sale-stage.ts';
import { eventWords } from '../../i18n/words/event.ts';
import { askedBy, call } from '../shared/calls/api.ts';
import { setText } from '../shared/dom.ts';
import { leftText } from '../shared/left-text.ts';
import { follow } from '../shared/calls/live.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { poll } from '../shared/calls/poll.ts';
import { isServerTimeKnown, serverNow } from '../shared/calls/server-clock.ts';
import { backOff, spread } from '../shared/calls/waiting.ts';
import type { TicketChoice } from './ticket-choice.ts';

const words = eventWords[pageLanguage];
const availabilityEveryMs = 12_000;
const tickMs = 1000;
/** While the server's clock is not known yet. */
const firstTickMs = 100;
const dayMs = 24 * 3600 * 1000;

/** Keeps the page up to date: sales open and close on the second, and sold-out categories are shown at once. */
export function watchSale(slug: string, choice: TicketChoice): void {
  const article = document.querySelector<HTMLElement>('article[data-stage]');
  const showStage = (): void => {
    if (article === null || article.dataset['stage'] === 'off') return;
    const states = choice.rows.map(({ node: { dataset } }) => ({
      saleState: dataset['state'] ?? '',
      band: dataset['band'] ?? '',
    }));
    document.getElementById('waiting-list')?.toggleAttribute('hidden', !isAnySoldOut(states));
    const stage = saleStageOf(states);
    if (article.dataset['stage'] === stage) return;
    article.dataset['stage'] = stage;
    setText('sale-live', words.stageTitle[stage]);
    setText('sale-line', words.stageTitle[stage]);
  };
  keepTurning(choice, showStage);
  watchAvailability(slug, choice, showStage);
}

/**
 * Opens and closes categories by the server's clock, and counts down to the first sale. Until that clock is known, they stay as the page
 * was made: by the clock of a phone, a sale might end an hour too early.
 */
function keepTurning(choice: TicketChoice, showStage: () => void): void {
  if (isServerTimeKnown()) choice.turn();
  showStage();
  if (isServerTimeKnown()) countDown(choice);
  if (choice.rows.some(({ node }) => node.dataset['state'] !== 'closed'))
    setTimeout(() => keepTurning(choice, showStage), isServerTimeKnown() ? tickMs : firstTickMs);
}

function countDown(choice: TicketChoice): void {
  const opening = choice.rows.filter(({ node }) => node.dataset['state'] === 'upcoming');
  const left = Math.min(...opening.map(({ opensAtMs }) => opensAtMs)) - serverNow();
  if (!Number.isFinite(left)) return;
  const days = Math.floor(left / dayMs);
  setText('opens-in', `${days > 0 ? `${words.days(days)} ` : ''}${leftText(left - days * dayMs)}`);
}

type Bands = { readonly data: readonly { readonly ticketCategoryId: string; readonly band: string }[] };

/**
 * Shows availability as it changes, or otherwise reads it from the shared cache; closes a sold-out category before
 * anybody fills in the form for it.
 */
function watchAvailability(slug: string, choice: TicketChoice, showStage: () => void): void {
  let failures = 0;
  const hasClosed = () => choice.rows.every(({ node }) => node.dataset['state'] === 'closed');
  const showBands = ({ data }: Bands): void => {
    for (const { ticketCategoryId, band } of data) choice.setBand(ticketCategoryId, band);
    showStage();
  };
  const live = hasClosed()
    ? undefined
    : follow(`/v1/events/${slug}/stream`, {
        onEvent: (name, data) => name === 'availability' && showBands(data as Bands),
      });
  poll(async () => {
    if (hasClosed()) {
      live?.close();
      return undefined;
    }
    if (live?.isOpen() === true) return spread(availabilityEveryMs, Math.random());
    const answer = await call<Bands>('GET', `/v1/events/${slug}/availability`, { deadlineMs: 8000 });
    failures = answer.kind === 'ok' ? 0 : failures + 1;
    if (answer.kind === 'ok') showBands(answer.body);
    if (failures === 0) return spread(availabilityEveryMs, Math.random());
    const askedMs = askedBy(answer);
    return backOff(failures, { firstMs: availabilityEveryMs, ceilingMs: 120_000, askedMs, random: Math.random() });
  });
}
