import { refusalWords } from '../../../i18n/words/refusals.ts';
import { byId, element } from '../dom.ts';
import { likelyAddress } from './likely-address.ts';
import { pageLanguage } from '../page-language.ts';

/** Asks below an email field whether another domain was meant. Nothing changes unless the reader accepts. */
export function suggestDomains(field: string): void {
  const input = byId(field, HTMLInputElement);
  const line = element('p', { className: 'suggestion' });
  line.setAttribute('role', 'status');
  byId(`${field}-error`).before(line);
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
    line.append(refusalWords[pageLanguage].didYouMean, ' ', accept);
  });
}
