/** Every page of the desk. Helps browsers that know `autofocus` only on fields. */
document.querySelector<HTMLElement>('[data-focus]')?.focus();

// Browsers leave a link at the edge of the navigation half hidden when the Tab key reaches it.
for (const navigation of document.querySelectorAll('.desk-nav')) {
  showCurrent(navigation);
  navigation.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement) target.scrollIntoView({ block: 'nearest', inline: 'center' });
  });
}

// Browsers bring only the first line of a long text field into view when the Tab key reaches it.
document.addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLTextAreaElement) target.scrollIntoView({ block: 'nearest' });
});

/** Scrolls the navigation, and not the page, until the link of the current page is in its middle. */
function showCurrent(navigation: Element): void {
  const link = navigation.querySelector('[aria-current]')?.getBoundingClientRect();
  if (link === undefined) return;
  const { left, width } = navigation.getBoundingClientRect();
  navigation.scrollLeft += link.left + link.width / 2 - (left + width / 2);
}
