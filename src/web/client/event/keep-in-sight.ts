/** Smooth scrolling has ended by then. */
const settledMs = 300;

/**
 * Keeps the focused field above the bar with the total. The browser scrolls to a field once, when it gets the focus;
 * the bar may grow afterwards, or new content may interrupt the scrolling.
 */
export function keepInSight(form: HTMLFormElement): void {
  const bar = form.querySelector('.submit-bar');
  if (bar === null) return;
  const look = (): void => {
    const field = document.activeElement;
    if (field !== null && form.contains(field) && !bar.contains(field)) field.scrollIntoView({ block: 'nearest' });
  };
  new ResizeObserver(look).observe(bar);
  form.addEventListener('focusin', () => setTimeout(look, settledMs));
}
