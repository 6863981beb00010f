import { html } from 'hono/html';
import { idPatterns, orderCode, orderIdOf } from '../../../../platform/ids.ts';
import { formatCount, formatMoney, formatPrice } from '../../../../platform/text/format-money.ts';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { homeTimeZone } from '../../../../platform/text/home.ts';
import type { Language } from '../../../i18n/language.ts';
import { frameWords } from '../../../i18n/words/desk/frame.ts';
import { fieldText } from '../../../i18n/words/desk/log-fields.ts';
import { codeText } from '../../../i18n/words/desk/log-values.ts';
import { logWords } from '../../../i18n/words/desk/log.ts';
import { toolWords } from '../../../i18n/words/desk/tools.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';

/** Longer values are cut: the log is not the place to read an event's description. */
const valueLengthMax = 120;
const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

type Entry = Pick<Data<'/v1/organizers/:slug/audit-log'>['data'][number], 'changes' | 'names'>;
type Reader = { readonly language: Language; readonly names: Entry['names'] };

/** An order is shown by its code, a ticket by the order's code and its number. Any other text is returned unchanged. */
export function idText(id: string): string {
  if (idPatterns.order.test(id)) return orderCode(id);
  return idPatterns.ticket.test(id) ? `${orderCode(orderIdOf(id))} · ${Number(id.slice(-3))}` : id;
}

/** Each changed field with its value, or with its old and new value. */
export function changeList({ changes, names }: Entry, language: Language): Html | string {
  const reader: Reader = { language, names };
  const entries = Object.entries(changes).filter(([, value]) => !isEmpty(value));
  if (entries.length === 0) return '–';
  return html`<ul class="changes">${entries.map(([field, value]) => html`<li><span class="muted">${fieldText(field, language)}</span> ${valueText(field, value, reader)}</li>`)}</ul>`;
}

function valueText(field: string, value: unknown, reader: Reader): string {
  if (value === 'changed') return logWords[reader.language].changed;
  if (isChange(value)) return `${partText(field, value.from, reader)} → ${partText(field, value.to, reader)}`;
  return partText(field, value, reader);
}

/** A field that was created empty is not a change worth showing. */
function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

function isChange(value: unknown): value is { readonly from: unknown; readonly to: unknown } {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value;
}

function isMoney(value: object): value is { readonly amount: number; readonly currency: string } {
  return (
    'amount' in value && typeof value.amount === 'number' && 'currency' in value && typeof value.currency === 'string'
  );
}

/** Weekdays are shown by name; 1 is Monday. */
function numberText(field: string, value: number, language: Language): string {
  const day = field === 'weekday' ? toolWords[language].weekdays[value - 1] : undefined;
  return day ?? formatCount(value, language);
}

function partText(field: string, value: unknown, reader: Reader): string {
  const { language, names } = reader;
  const words = frameWords[language];
  if (value === null || value === '') return words.none;
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'number') return numberText(field, value, language);
  if (Array.isArray(value)) return value.map((item) => partText(field, item, reader)).join(', ') || words.none;
  if (typeof value === 'object') {
    if (isMoney(value)) return field === 'price' ? formatPrice(value, language) : formatMoney(value, language);
    const parts = Object.entries(value).map(
      ([name, part]) => `${fieldText(name, language)} ${partText(name, part, reader)}`,
    );
    return parts.join(', ') || words.none;
  }
  const said = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const given = Object.hasOwn(names, said) ? (names[said] ?? said) : idText(said);
  const text = rfc3339.test(given)
    ? formatDateTime(given, homeTimeZone, language, 'medium')
    : codeText(field, given, language);
  return text.length > valueLengthMax ? `${text.slice(0, valueLengthMax)}…` : text;
}
