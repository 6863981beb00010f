import { phoneWords } from '../../i18n/words/phone.ts';
import { call } from '../shared/calls/api.ts';
import { byId, element, setText } from '../shared/dom.ts';
import { looksRight, setFault } from '../shared/forms/form-faults.ts';
import { pageLanguage } from '../shared/page-language.ts';
import type { GivenPhone } from '../order/sent-order.ts';

export type ReadPhone = { readonly given: GivenPhone; readonly text: string } | { readonly fault: string };

export type PhoneField = {
  /** The number as the service reads it. A failed request does not stop the buyer from ordering. */
  read(): Promise<ReadPhone>;
};

type Reading = { readonly phone: string; readonly display: string; readonly country: string | null };
type Known = Reading | { readonly fault: string } | undefined;

const typingPauseMs = 500;
const readingDeadlineMs = 2500;
const names = new Intl.DisplayNames([pageLanguage], { type: 'region' });

/**
 * Shows under the field how the service reads the number before it is sent: a number without its leading 0 may belong to
 * somebody abroad. The service does the reading, because the numbering plans of all countries are larger than the page.
 */
export function phoneField(slug: string): PhoneField {
  const input = byId('phone', HTMLInputElement);
  const country = byId('phone-country', HTMLSelectElement);
  const home = country.value;
  fillCountries(country);
  let last: { readonly key: string; readonly answer: Promise<Known> } | undefined;
  let timer: number | undefined;

  const typed = (): GivenPhone => ({
    phone: input.value.trim(),
    ...(country.value === home ? {} : { phoneCountry: country.value }),
  });
  const ask = (given: GivenPhone): Promise<Known> => {
    const key = JSON.stringify(given);
    if (last?.key === key) return last.answer;
    const answer = askService(slug, given);
    last = { key, answer };
    void answer.then((known) => {
      if (known === undefined && last?.key === key) last = undefined;
    });
    return answer;
  };
  const look = async (isDone: boolean): Promise<void> => {
    const given = typed();
    if (looksRight['phone']?.(given.phone) !== true) return;
    const known = await ask(given);
    if (known === undefined || JSON.stringify(typed()) !== JSON.stringify(given)) return;
    if ('phone' in known) say(known);
    else if (isDone) setFault('phone', known.fault);
  };
  const changed = (isDone: boolean, waitMs: number): void => {
    setText('phone-reading', '');
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void look(isDone), waitMs);
  };
  input.addEventListener('input', () => changed(false, typingPauseMs));
  input.addEventListener('change', () => changed(true, 0));
  country.addEventListener('change', () => changed(true, 0));
  if (input.value !== '') changed(false, 0);

  return {
    read: async () => {
      const given = typed();
      const known = await ask(given);
      if (known === undefined) return { given, text: given.phone };
      if ('fault' in known) return known;
      say(known);
      return { given: { phone: known.phone }, text: known.display };
    },
  };
}

function say({ display, country }: Reading): void {
  setFault('phone', false);
  setText(
    'phone-reading',
    phoneWords[pageLanguage].reading(display, country === null ? '' : (names.of(country) ?? '')),
  );
}

async function askService(slug: string, given: GivenPhone): Promise<Known> {
  const answer = await call<Reading>('POST', '/v1/buyers/phone-readings', {
    body: { eventSlug: slug, ...given },
    deadlineMs: readingDeadlineMs,
  });
  if (answer.kind === 'ok') return answer.body;
  if (answer.kind !== 'refused') return undefined;
  const fault = answer.problem.errors.find(({ path }) => path === 'phone')?.code;
  return fault === undefined ? undefined : { fault };
}

/** The page contains only the event's country. The browser supplies the names of the others. */
export function fillCountries(select: HTMLSelectElement): void {
  const home = select.value;
  const others = (select.dataset['countries'] ?? '').split(' ').flatMap((entry) => {
    const [code, calling] = [entry.slice(0, 2), entry.slice(2)];
    return code === home || code === '' ? [] : [{ code, text: `${names.of(code) ?? code} +${calling}` }];
  });
  others.sort((one, other) => one.text.localeCompare(other.text, pageLanguage));
  for (const { code, text } of others) {
    const option = element('option', { text });
    option.value = code;
    select.append(option);
  }
}
