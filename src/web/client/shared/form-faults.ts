import { refusalWords } from '../../i18n/words/refusals.ts';
import { byId } from './dom.ts';
import { pageLanguage } from './page-language.ts';

export type Mood = 'bad' | 'wait' | 'good';

/** Marks a field with its fault, or clears it. @param fault whether there is one, or its code where there is more to say */
export function setFault(name: string, fault: boolean | string): void {
  const { faults } = refusalWords[pageLanguage];
  const isFaulty = fault !== false;
  const input = byId(name, HTMLInputElement);
  const text = byId(`${name}-error`);
  text.hidden = !isFaulty;
  text.textContent = isFaulty ? (faults[String(fault)] ?? faults[name] ?? '') : '';
  if (isFaulty) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

/**
 * Marks the fields that are named and clears the others; goes to the first fault. Whether there was one.
 * @param codes of faults, by field
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

/** What the form as a whole has to say; nothing hides it. */
export function setMessage(id: string, text: string, mood: Mood = 'bad', ...actions: readonly Node[]): void {
  const message = byId(id);
  message.hidden = text === '';
  message.dataset['mood'] = mood;
  const line = document.createElement('p');
  line.textContent = text;
  message.replaceChildren(...(text === '' ? [] : [line, ...actions]));
  if (text !== '' && mood === 'bad') message.scrollIntoView({ block: 'nearest' });
}

/** Loose on purpose: the API decides; this only saves a round trip for what cannot be right. */
export const looksRight: Readonly<Record<string, (value: string) => boolean>> = {
  name: (value) => value !== '',
  email: (value) => /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(value),
  phone: (value) => value.replace(/\P{Nd}/gu, '').length >= 7,
  password: (value) => value.length >= 12,
  code: (value) => /^[0-9A-Za-z]{5}[ -]?[0-9A-Za-z]{5}$/.test(value),
  otp: (value) => /^\d{3} ?\d{3}$/.test(value),
};
