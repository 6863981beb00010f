import { byId } from '../dom.ts';

/** Lets people see the password they type. */
export function watchPasswordField(): void {
  const button = byId('show-password', HTMLButtonElement);
  const input = byId('password', HTMLInputElement);
  button.addEventListener('click', () => {
    const isShown = input.type === 'password';
    input.type = isShown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(isShown));
    button.textContent = (isShown ? button.dataset['hide'] : button.dataset['show']) ?? '';
  });
}
