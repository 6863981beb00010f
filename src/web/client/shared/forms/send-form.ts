import { refusalWords } from '../../../i18n/words/refusals.ts';
import { type Answer, type Problem, call } from '../calls/api.ts';
import { byId, whileBusy } from '../dom.ts';
import { looksRight, setFaults, setMessage } from './form-faults.ts';
import { pageLanguage } from '../page-language.ts';
import { refusalText } from './refusal-text.ts';

type SmallForm = {
  readonly formId: string;
  readonly buttonId: string;
  readonly messageId: string;
  readonly fields: readonly string[];
  /** Fields that are required and sent unchanged. */
  readonly unchecked?: readonly string[];
  /** Fields that may be empty. */
  readonly optional?: readonly string[];
  readonly path: string;
  /** Sent as the bearer token. */
  readonly token?: string;
  bodyOf(values: Readonly<Record<string, string>>): unknown;
  onDone(answer: Extract<Answer<unknown>, { kind: 'ok' }>): void | Promise<void>;
  /** The text of a refusal that only this form has. */
  textOf?(problem: Problem): string | undefined;
  /** A refusal that the page handles itself. */
  onRefused?(problem: Problem): void;
};

/** A form with one button. It sends once at a time and shows every outcome. */
export function sendForm(form: SmallForm): void {
  const button = byId(form.buttonId, HTMLButtonElement);
  button.disabled = false;
  const shown = byId(form.formId, HTMLFormElement);
  void keepTyped(shown);
  shown.addEventListener('submit', (event) => {
    event.preventDefault();
    if (button.disabled) return;
    const values = Object.fromEntries(form.fields.map((name) => [name, valueOf(name)]));
    const faulty = form.fields.filter((name) => !isRight(form, name, values[name] ?? ''));
    setMessage(form.messageId, '');
    if (setFaults(form.fields, faulty)) return;
    void whileBusy(button, () => send(form, values));
  });
}

/** Not a part of the first load: nobody changes the language before having typed. */
export async function keepTyped(form: HTMLFormElement): Promise<void> {
  // Without a network the page of an order has no more than it showed before.
  const found = await import('./other-language.ts').catch(() => undefined);
  found?.keepForOtherLanguage(form);
}

function valueOf(name: string): string {
  const { value } = byId(name, HTMLInputElement);
  return name === 'password' ? value : value.trim();
}

function isRight({ unchecked, optional }: SmallForm, name: string, value: string): boolean {
  if (value === '' && optional?.includes(name) === true) return true;
  const check = unchecked?.includes(name) === true ? undefined : looksRight[name];
  return check === undefined ? value !== '' : check(value);
}

async function send(form: SmallForm, values: Readonly<Record<string, string>>): Promise<void> {
  const answer = await call('POST', form.path, {
    body: form.bodyOf(values),
    ...(form.token === undefined ? {} : { token: form.token }),
  });
  if (answer.kind === 'ok') return form.onDone(answer);
  if (answer.kind !== 'refused') return setMessage(form.messageId, refusalWords[pageLanguage].unreachable);
  const { problem, retryAfterMs } = answer;
  const named = problem.errors.map(({ path }) => path.split('.').pop() ?? '');
  form.onRefused?.(problem);
  // The messages beside their fields say everything.
  if (setFaults(form.fields, named, codesOf(problem)) && problem.code === 'request.invalid') return;
  setMessage(form.messageId, form.textOf?.(problem) ?? refusalText(problem, retryAfterMs));
}

function codesOf({ errors }: Problem): Record<string, string> {
  return Object.fromEntries(errors.map(({ path, code = '' }) => [path.split('.').pop() ?? '', code]));
}

/** Replaces the finished form by the next content, which is read out. Its button "other address" leads back to what was typed. */
export function finish(formId: string, doneId: string): void {
  const [form, done] = [byId(formId), byId(doneId)];
  form.hidden = true;
  done.hidden = false;
  done.focus();
  done.querySelector('[data-act="other-address"]')?.addEventListener(
    'click',
    () => {
      done.hidden = true;
      form.hidden = false;
      for (const name of ['phone', 'email']) document.getElementById(name)?.focus();
    },
    { once: true },
  );
}
