import { type OnCode, type Timer, placedKey, readings, scannerField, scannerText } from './scanner-text.ts';

const timer: Timer = {
  set: (act, ms) => window.setTimeout(act, ms),
  clear: (id) => window.clearTimeout(id),
};

/** Hardware scanners act as a keyboard. Their input is accepted wherever the focus is, and in the code field also without Enter. */
export function watchKeyboardScanner(field: HTMLInputElement, onCode: OnCode): void {
  const text = scannerText(onCode, timer);
  document.addEventListener('keydown', (event) => {
    const { target } = event;
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
    if (field.closest('[hidden]') !== null) return;
    if (text.type(event)) event.preventDefault();
  });

  // The keys since the field was empty. They count only if nothing else changed the field.
  let placed = '';
  const submit = (): void => {
    typed.cleared();
    const isTyped = placed.length === field.value.length;
    if (field.value.trim() !== '') onCode(...readings(field.value, isTyped ? placed : field.value));
    field.value = '';
    placed = '';
  };
  const typed = scannerField(submit, timer);
  field.addEventListener('input', (event) => typed.changed(field.value, event.timeStamp));
  field.addEventListener('keydown', (event) => {
    if (field.value === '') placed = '';
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) placed += placedKey(event);
    const isTab = event.key === 'Tab' && !event.shiftKey;
    const isControlEnd = event.ctrlKey && /^[ijm]$/i.test(event.key);
    if (!(isTab || isControlEnd) || !typed.endsWithTab(field.value)) return;
    event.preventDefault();
    submit();
  });
  field.form?.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
}
