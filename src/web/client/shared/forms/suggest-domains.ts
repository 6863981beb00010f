import { likelyAddress } from './likely-address.ts';

/** Shorter than it takes to read the question. By Enter a field is left and its form sent in one moment, and a tap on the button takes two. */
const unseenMs = 1000;

/**
 * Asks below each email field of the page whether another domain was meant. Nothing changes unless the reader accepts. A form whose question was
 * just put is not sent: it goes once the question is answered, or when the form is sent again. The page has the words, so that this file needs no
 * other: what the desk loads, too, would be cut out of the files of buyers.
 */
export function suggestDomains(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>('input[type="email"]')) suggestIn(input);
}

function suggestIn(input: HTMLInputElement): void {
  const { didYouMean = '', asTyped = '' } = document.body.dataset;
  const line = document.createElement('p');
  line.className = 'suggestion';
  line.setAttribute('role', 'status');
  input.after(line);
  let askedMs = 0;
  const ask = (): void => {
    const likely = likelyAddress(input.value);
    line.replaceChildren();
    if (likely === undefined) return;
    askedMs = performance.now();
    const accept = document.createElement('button');
    accept.type = 'button';
    accept.className = 'link-button';
    accept.textContent = likely;
    accept.addEventListener('click', () => {
      input.value = likely;
      line.replaceChildren();
      input.focus();
    });
    line.append(`${didYouMean} `, accept);
  };
  // While typing: if the line went when the field is left, it would move the button that is being pressed.
  input.addEventListener('input', () => line.replaceChildren());
  input.addEventListener('change', ask);
  // Before the listeners of the form itself, whenever they were added.
  document.addEventListener(
    'submit',
    (event) => {
      if (event.target !== input.form || input.offsetParent === null) return;
      if (line.childNodes.length === 0) ask();
      if (line.childNodes.length === 0 || performance.now() - askedMs > unseenMs) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (line.childNodes.length === 2) line.append(` ${asTyped}`);
      input.focus();
    },
    true,
  );
}
