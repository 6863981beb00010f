/** Every page of the desk. Browsers that do not know `autofocus` on other elements than fields are helped here. */
document.querySelector<HTMLElement>('[data-focus]')?.focus();
