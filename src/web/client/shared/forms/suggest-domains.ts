import { didYouMean } from '../../../i18n/words/suggestion.ts';
import { element } from '../dom.ts';
import { likelyAddress } from './likely-address.ts';
import { pageLanguage } from '../page-language.ts';

/** Asks below each email field of the page whether another domain was meant. Nothing changes unless the reader accepts. */
export function suggestDomains(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>('input[type="email"]')) suggestIn(input);
}

function suggestIn(input: HTMLInputElement): void {
  const line = element('p', { className: 'suggestion' });
  line.setAttribute('role', 'status');
  input.after(line);
  input.addEventListener('change', () => {
    const likely = likelyAddress(input.value);
    line.replaceChildren();
    if (likely === undefined) return;
    const accept = element('button', { className: 'link-button', text: likely });
    accept.type = 'button';
    accept.addEventListener('click', () => {
      input.value = likely;
      line.replaceChildren();
      input.focus();
    });
    line.append(didYouMean[pageLanguage], ' ', accept);
  });
}
