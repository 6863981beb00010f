/**
 * Hardware scanners type like a very fast person and end with Enter. What they type counts wherever the focus is, except
 * in a field: there the browser takes it itself.
 */
export function watchKeyboardScanner(onCode: (code: string) => void): void {
  const pauseMsMax = 100;
  const lengthMin = 6;
  const lengthMax = 1000;
  let typed = '';
  let lastAt = 0;
  document.addEventListener('keydown', (event) => {
    const { target, key } = event;
    const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    if (isField || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.timeStamp - lastAt > pauseMsMax) typed = '';
    lastAt = event.timeStamp;
    if (key.length === 1 && typed.length < lengthMax) typed += key;
    if (key !== 'Enter' || typed.length < lengthMin) return;
    event.preventDefault();
    onCode(typed);
    typed = '';
  });
}
