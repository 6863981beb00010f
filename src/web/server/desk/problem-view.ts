import { html } from 'hono/html';
import { AntreProblem } from '../../../client/problem.ts';
import { DomainError } from '../../../platform/errors.ts';
import type { Language } from '../../i18n/language.ts';
import { frameWords } from '../../i18n/words/desk/frame.ts';
import { refusalText } from '../../i18n/words/desk/refusals.ts';
import type { Html } from '../layout.ts';
import type { Desk, View } from './desk.ts';
import type { FormValues } from './forms.ts';
import { hiddenField } from './parts/fields.ts';
import { linkButton } from './parts/pieces.ts';

/** Where the refusal does not say how long to wait. */
const againSecondsDefault = 5;

export function problemOf(error: unknown): AntreProblem {
  if (error instanceof AntreProblem) return error;
  if (!(error instanceof DomainError)) throw error;
  return new AntreProblem({ code: error.code, detail: error.message, ...error.details }, 400);
}

const shownStatuses = [403, 404, 409, 429, 500, 503] as const;

/** The HTTP status of the page that shows a refusal. A call without a response counts as 503. */
export function statusOf({ status }: AntreProblem) {
  return status === 0 ? 503 : (shownStatuses.find((known) => known === status) ?? 409);
}

/**
 * The page that could not be shown.
 * @param isReading whether it may be asked for again: a refusal that ends by waiting then loads again by itself
 */
export function problemView(problem: AntreProblem, language: Language, isReading = false): View {
  const words = frameWords[language];
  if (problem.status === 404) return { title: words.missingTitle, status: 404, body: textOf(words.missingText, words) };
  if (problem.status === 403)
    return { title: words.forbiddenTitle, status: 403, body: textOf(words.forbiddenText, words) };
  const status = statusOf(problem);
  const endsByWaiting = isReading && (status === 429 || status === 503);
  const text = refusalText(problem, language);
  return {
    title: words.problemTitle,
    status,
    body: textOf(endsByWaiting ? `${text} ${words.loadsAgain}` : text, words),
    ...(endsByWaiting ? { againSeconds: problem.retryAfterSeconds ?? againSecondsDefault } : {}),
  };
}

/**
 * A form that could not be sent, in place of its page that cannot be shown: one press sends it again. Passwords, keys and files are not in it.
 * @throws AntreProblem a refusal that does not end by waiting
 */
export function sendAgainView(desk: Desk, values: FormValues, problem: AntreProblem): View {
  const status = statusOf(problem);
  if (status !== 429 && status !== 503) throw problem;
  const { language, path, formToken } = desk;
  const words = frameWords[language];
  const fields = [...new URLSearchParams(values.withoutSecrets()), ['formToken', formToken] as const];
  return {
    title: words.problemTitle,
    status,
    body: html`<p class="lead">${refusalText(problem, language)} ${words.formKept}</p>
<form class="desk-form" method="post" action="${path}">${fields.map(([name, value]) => hiddenField(name, value))}<p class="form-buttons"><button class="button button-main">${words.sendAgain}</button> ${linkButton(path, words.cancel, true)}</p></form>`,
  };
}

export function refusedView(text: string, words: Words): View {
  return { title: words.problemTitle, status: 403, body: textOf(text, words) };
}

type Words = (typeof frameWords)['id'];

/** A page that shows only a text leads on, too. */
function textOf(text: string, words: Words): Html {
  return html`<p class="lead">${text}</p><p>${linkButton('/desk', words.toEvents, true)}</p>`;
}
