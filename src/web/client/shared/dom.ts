/** Access to the document. Text is always set as text. */

/** The element with this id. Page and script belong to one release, so it exists and has this type. */
export function byId(id: string): HTMLElement;
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind;
export function byId(id: string, kind: new () => HTMLElement = HTMLElement): HTMLElement {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`no element ${id}`);
  return found;
}

export function show(id: string, isShown: boolean): void {
  byId(id).hidden = !isShown;
}

export function setText(id: string, text: string): void {
  const element = byId(id);
  // A screen reader would read unchanged text again.
  if (element.textContent !== text) element.textContent = text;
}

type Parts = { readonly className?: string; readonly text?: string };

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { className, text }: Parts = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== undefined) made.className = className;
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

/**
 * Removes the secret from the address before anything else can read or keep it.
 * @param isLeft leaves it there: in a browser that stores nothing, a reload finds it nowhere else
 */
export function takeFragment(isLeft = false): string {
  const fragment = location.hash.slice(1);
  if (fragment === '') return fragment;
  if (!isLeft) history.replaceState(null, '', location.pathname + languageQuery());
  // In the other language the page needs it again. It stands in the link from the click on only.
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[hreflang]')) {
    link.addEventListener('click', () => {
      link.hash = fragment;
    });
  }
  return fragment;
}

/** The one parameter that pages keep: the requested language. */
export function languageQuery(): string {
  const asked = new URLSearchParams(location.search).get('lang');
  return asked === null ? '' : `?lang=${encodeURIComponent(asked)}`;
}

/**
 * Disables the button while `act` runs. A disabled button loses the focus: it gets it back unless the act moved it.
 * @param next gets the focus if the act has hidden what had it, as the field in which somebody pressed Enter
 */
export async function whileBusy<Result>(
  button: HTMLButtonElement,
  act: () => Promise<Result>,
  next?: HTMLElement,
): Promise<Result> {
  const before = document.activeElement;
  button.disabled = true;
  try {
    return await act();
  } finally {
    button.disabled = false;
    const isHidden = before !== null && before.closest('[hidden]') !== null;
    const isLost = document.activeElement === document.body || document.activeElement === before;
    if (isLost && isHidden) next?.focus();
    else if (isLost && before === button) button.focus();
  }
}

/** Moves the focus here if the focused element was just hidden. Does nothing if nothing had the focus. */
export function focusIfHidden(target: HTMLElement | null): void {
  const hidden = document.activeElement?.closest('[hidden]') ?? null;
  if (hidden !== null) target?.focus();
}

/** Long enough for the browser to have started using the file. */
const keptMs = 60_000;

/** Opens a file that was read, or saves it under this name. */
export function offerFile(file: Blob, name?: string): void {
  const url = URL.createObjectURL(file);
  const link = element('a');
  link.href = url;
  if (name !== undefined) link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), keptMs);
}
