import { refusalWords } from '../../../i18n/words/refusals.ts';
import { byId } from '../dom.ts';
import { pageLanguage } from '../page-language.ts';

export type Mood = 'bad' | 'wait' | 'good';

/**
 * Marks a field as faulty, or clears it.
 * @param fault whether there is a fault; its code; or a sentence, which has blanks and codes have none
 */
export function setFault(name: string, fault: boolean | string): void {
  const { faults } = refusalWords[pageLanguage];
  const isFaulty = fault !== false;
  const input = byId(name);
  const text = byId(`${name}-error`);
  text.hidden = !isFaulty;
  const sentence = String(fault).includes(' ') ? String(fault) : undefined;
  text.textContent = isFaulty ? (sentence ?? faults[String(fault)] ?? faults[name] ?? '') : '';
  if (isFaulty) {
    input.setAttribute('aria-invalid', 'true');
    input.addEventListener('input', clearOncePutRight);
  } else input.removeAttribute('aria-invalid');
}

/** While typing: a text that went when the field is left would move the button that is being pressed. */
function clearOncePutRight({ currentTarget }: Event): void {
  const { id, value } = currentTarget as HTMLInputElement;
  if (looksRight[id]?.(value.trim()) !== false) setFault(id, false);
}

/**
 * Marks the named fields, clears the others, and focuses the first faulty one.
 * @param codes of faults, by field
 * @returns whether there was one
 */
export function setFaults(
  names: readonly string[],
  faulty: readonly string[],
  codes: Readonly<Record<string, string>> = {},
): boolean {
  for (const name of names) setFault(name, faulty.includes(name) && (codes[name] ?? true));
  const first = names.find((name) => faulty.includes(name));
  if (first !== undefined) {
    byId(first).closest('details')?.setAttribute('open', '');
    byId(first).focus();
  }
  return first !== undefined;
}

/** Shows a message about the whole form. */
export function setMessage(id: string, text: string, mood: Mood = 'bad', ...actions: readonly Node[]): void {
  const message = byId(id);
  message.hidden = text === '';
  message.dataset['mood'] = mood;
  const line = document.createElement('p');
  line.textContent = text;
  message.replaceChildren(...(text === '' ? [] : [line, ...actions]));
  if (text !== '' && mood === 'bad') message.scrollIntoView({ block: 'nearest' });
}

/** Deliberately loose: the API decides. This only saves a round trip for an address that cannot be right. */
export const looksRight: Readonly<Record<string, (value: string) => boolean>> = {
  name: (value) => value !== '',
  email: (value) => /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(value),
  phone: (value) => value.replace(/\P{Nd}/gu, '').length >= 7,
  password: (value) => value.length >= 12,
  code: (value) => /^[0-9A-Za-z]{5}[ -]?[0-9A-Za-z]{5}$/.test(value),
  quantity: (value) => Number(value) >= 1,
  otp: (value) => /^\d{3} ?\d{3}$/.test(value),
};
