import { doorOfflineWords } from '../../../i18n/words/door/door-offline.ts';
import { element } from '../../shared/dom.ts';
import { pageLanguage } from '../../shared/page-language.ts';

const more = doorOfflineWords[pageLanguage];

/**
 * Takes a scan back, with a reason: one tap for a common one, or a text.
 * @param undo resolves to false if it could not be kept
 */
export function undoForm(scanId: string, undo: (reason: string) => Promise<boolean>): HTMLElement {
  const id = `reason-${scanId}`;
  const open = element('button', { className: 'link-button', text: more.undo });
  open.type = 'button';
  const form = element('form', { className: 'code-form' });
  form.hidden = true;
  const label = element('label', { text: more.undoReason });
  label.htmlFor = id;
  const input = element('input');
  input.id = id;
  input.required = true;
  input.maxLength = 200;
  const message = element('p', { className: 'form-message' });
  message.setAttribute('role', 'alert');
  const send = (reason: string): void =>
    void undo(reason).then((isDone) => {
      if (!isDone) message.textContent = more.undoFailed;
    });
  const common = more.undoReasons.map((reason) => {
    const button = element('button', { className: 'button button-quiet', text: reason });
    button.type = 'button';
    button.addEventListener('click', () => send(reason));
    return button;
  });
  form.append(...common, label, input, element('button', { className: 'button', text: more.undo }), message);
  open.addEventListener('click', () => {
    form.hidden = false;
    open.hidden = true;
    input.focus();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const reason = input.value.trim();
    if (reason === '') return input.focus();
    send(reason);
  });
  const both = element('div');
  both.append(open, form);
  return both;
}
