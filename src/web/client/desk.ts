import { suggestDomains } from './shared/forms/suggest-domains.ts';

/** Runs on every page of the desk. Some browsers support `autofocus` only on fields. */
document.querySelector<HTMLElement>('[data-focus]')?.focus();

suggestDomains();

// When Tab reaches a link at the edge of the navigation, browsers leave it half hidden.
for (const navigation of document.querySelectorAll('.desk-nav')) {
  showCurrent(navigation);
  navigation.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement) target.scrollIntoView({ block: 'nearest', inline: 'center' });
  });
}

// When Tab reaches a long text field, browsers scroll only its first line into view.
document.addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLTextAreaElement) target.scrollIntoView({ block: 'nearest' });
});

/** Scrolls the navigation, not the page, to centre the link of the current page. */
function showCurrent(navigation: Element): void {
  const link = navigation.querySelector('[aria-current]')?.getBoundingClientRect();
  if (link === undefined) return;
  const { left, width } = navigation.getBoundingClientRect();
  navigation.scrollLeft += link.left + link.width / 2 - (left + width / 2);
}
