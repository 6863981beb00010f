import { html } from 'hono/html';
import { formatMoney, formatPrice } from '../../../../platform/text/format-money.ts';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import type { Language } from '../../../i18n/language.ts';
import { orderWords } from '../../../i18n/words/desk/orders/orders.ts';
import { logWords } from '../../../i18n/words/desk/log.ts';
import { storyDetail } from '../../../i18n/words/desk/orders/story.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';

export type Story = Data<'/v1/organizers/:slug/orders/:orderId/story'>;
type Entry = Story['data'][number];

/** The story of an order. Every text is escaped, since buyers and gateways wrote some of it. */
export function storyList(story: Story, timeZone: string, language: Language): Html {
  const words = orderWords[language];
  const items = story.data.map(
    (
      entry,
    ) => html`<li class="story-${entry.kind.split('.')[0]}"><time datetime="${entry.at}">${formatDateTime(entry.at, timeZone, language, 'medium')}</time>
<div><strong>${words.kinds[entry.kind] ?? entry.kind}</strong>${whoDid(entry, language)}${detailsOf(entry, language)}</div></li>`,
  );
  return html`${story.isComplete ? '' : html`<p class="muted">${words.storyShort}</p>`}<ol class="story">${items}</ol>`;
}

function whoDid({ by }: Entry, language: Language): Html | string {
  if (by === null) return '';
  const kinds: Readonly<Record<string, string>> = logWords[language].actors;
  return html` <span class="muted">${by.name ?? kinds[by.kind] ?? by.kind}</span>`;
}

/** The fields that are shown, in this order. */
const shown = [
  'text',
  'act',
  'task',
  'template',
  'channel',
  'recipient',
  'gateway',
  'method',
  'status',
  'outcome',
  'result',
  'direction',
  'ticketCategory',
  'gate',
  'offline',
  'conflict',
  'fault',
  'amount',
  'total',
  'received',
  'tickets',
  'holders',
  'answers',
  'reason',
  'endedBy',
  'failure',
] as const;

function detailsOf({ kind, detail }: Entry, language: Language): Html | string {
  const texts = shown.flatMap((name) => {
    const value = detail[name];
    return value === undefined || value === false ? [] : [textOf(name, value, language)];
  });
  if (texts.length === 0) return '';
  return html`<p class="${kind === 'note' ? 'story-note' : 'muted'}">${texts.join(' · ')}</p>`;
}

function textOf(name: string, value: unknown, language: Language): string {
  if (typeof value === 'string' || typeof value === 'number' || value === true)
    return storyDetail(name, value, language);
  if (isMoney(value)) return name === 'total' ? formatPrice(value, language) : formatMoney(value, language);
  return String(value);
}

function isMoney(value: unknown): value is { amount: number; currency: string } {
  return typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value;
}
