/** Every page of the desk. Browsers that do not know `autofocus` on other elements than fields are helped here. */
document.querySelector<HTMLElement>('[data-focus]')?.focus();

// Browsers leave a link at the edge of the navigation half hidden when the Tab key reaches it.
for (const navigation of document.querySelectorAll('.desk-nav')) {
  navigation.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement) target.scrollIntoView({ block: 'nearest', inline: 'center' });
  });
}
