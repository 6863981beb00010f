import { html } from 'hono/html';
import { formatCount } from '../../../../platform/text/format-money.ts';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import type { Language } from '../../../i18n/language.ts';
import { frameWords } from '../../../i18n/words/desk/frame.ts';
import { fieldText } from '../../../i18n/words/desk/log-fields.ts';
import { codeText } from '../../../i18n/words/desk/log-values.ts';
import { logWords } from '../../../i18n/words/desk/log.ts';
import { toolWords } from '../../../i18n/words/desk/tools.ts';
import type { Html } from '../../layout.ts';

export const deskTimeZone = 'Asia/Jakarta';
/** A long text of an event is not read here. */
const valueLengthMax = 120;
const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/** Each field with its value, or with the value before and after. */
export function changeList(changes: Readonly<Record<string, unknown>>, language: Language): Html | string {
  const entries = Object.entries(changes);
  if (entries.length === 0) return '–';
  return html`<ul class="changes">${entries.map(([field, value]) => html`<li><span class="muted">${fieldText(field, language)}</span> ${valueText(field, value, language)}</li>`)}</ul>`;
}

function valueText(field: string, value: unknown, language: Language): string {
  if (value === 'changed') return logWords[language].changed;
  if (isChange(value)) return `${partText(field, value.from, language)} → ${partText(field, value.to, language)}`;
  return partText(field, value, language);
}

function isChange(value: unknown): value is { readonly from: unknown; readonly to: unknown } {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value;
}

/** The day of a regular report is counted from Monday. */
function numberText(field: string, value: number, language: Language): string {
  const day = field === 'weekday' ? toolWords[language].weekdays[value - 1] : undefined;
  return day ?? formatCount(value, language);
}

function partText(field: string, value: unknown, language: Language): string {
  const words = frameWords[language];
  if (value === null || value === '') return words.none;
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'number') return numberText(field, value, language);
  if (Array.isArray(value)) return value.map((item) => partText(field, item, language)).join(', ') || words.none;
  if (typeof value === 'object') {
    const parts = Object.entries(value).map(
      ([name, part]) => `${fieldText(name, language)} ${partText(name, part, language)}`,
    );
    return parts.join(', ') || words.none;
  }
  const given = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const text = rfc3339.test(given)
    ? formatDateTime(given, deskTimeZone, language, 'medium')
    : codeText(field, given, language);
  return text.length > valueLengthMax ? `${text.slice(0, valueLengthMax)}…` : text;
}
