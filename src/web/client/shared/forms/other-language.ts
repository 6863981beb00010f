/** The page in the other language opens at once. What is older was not kept by this click. */
const keptMsMax = 60_000;
const typed = 'input:not([type=hidden], [type=password], [type=file]), select, textarea';

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/**
 * Keeps what was typed and chosen in a form when somebody clicks on the link to the other language, and fills in what was
 * kept by such a click. Passwords and files are never kept; without script everything is lost.
 */
export function keepForOtherLanguage(form: HTMLFormElement): void {
  bringBack(form);
  const keep = (): void => {
    try {
      sessionStorage.setItem(placeOf(form), JSON.stringify([Date.now(), ...fieldsOf(form).map(valueOf)]));
    } catch {
      // Forbidden or full: the buyer types it again.
    }
  };
  for (const link of document.querySelectorAll('a[hreflang]')) link.addEventListener('click', keep);
}

/** Once. Listeners see it as typed input. */
function bringBack(form: HTMLFormElement): void {
  const [at, ...values] = take(form);
  const fields = fieldsOf(form);
  // In both languages a form has the same fields in the same order, unless the page has changed meanwhile.
  if (values.length !== fields.length || Date.now() - Number(at) > keptMsMax) return;
  for (const [index, field] of fields.entries()) {
    const value = values[index];
    if (field.disabled || value === valueOf(field)) continue;
    if (typeof value === 'boolean' && 'checked' in field) field.checked = value;
    else field.value = String(value);
    for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));
  }
}

function take(form: HTMLFormElement): unknown[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(placeOf(form)) ?? '[]');
    sessionStorage.removeItem(placeOf(form));
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** Both languages have one path and one id for a form. */
const placeOf = ({ id }: HTMLFormElement): string => `antre.other-language.${location.pathname}#${id}`;
const fieldsOf = (form: HTMLFormElement): Field[] => [...form.querySelectorAll<Field>(typed)];
const isTick = ({ type }: Field): boolean => type === 'checkbox' || type === 'radio';
const valueOf = (field: Field): unknown => ('checked' in field && isTick(field) ? field.checked : field.value);
