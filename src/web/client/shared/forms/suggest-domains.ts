import { likelyAddress } from './likely-address.ts';

/**
 * Asks below each email field of the page whether another domain was meant. Nothing changes unless the reader accepts. The page
 * has the question, so that this file needs no other: what the desk loads, too, would be cut out of the files of buyers.
 */
export function suggestDomains(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>('input[type="email"]')) suggestIn(input);
}

function suggestIn(input: HTMLInputElement): void {
  const line = document.createElement('p');
  line.className = 'suggestion';
  line.setAttribute('role', 'status');
  input.after(line);
  // While typing: if the line went when the field is left, it would move the button that is being pressed.
  input.addEventListener('input', () => line.replaceChildren());
  input.addEventListener('change', () => {
    const likely = likelyAddress(input.value);
    line.replaceChildren();
    if (likely === undefined) return;
    const accept = document.createElement('button');
    accept.type = 'button';
    accept.className = 'link-button';
    accept.textContent = likely;
    accept.addEventListener('click', () => {
      input.value = likely;
      line.replaceChildren();
      input.focus();
    });
    line.append(`${document.body.dataset['didYouMean'] ?? ''} `, accept);
  });
}
