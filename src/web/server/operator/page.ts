import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import { AntreProblem } from '../../../client/problem.ts';
import { isFromOurPage } from '../../../http/our-page.ts';
import { hasOperatorPassword } from '../../../http/server/operator-token.ts';
import { formatDateTime } from '../../../platform/text/format-time.ts';
import { type Language, chooseLanguage, otherThan } from '../../i18n/language.ts';
import { frameWords } from '../../i18n/words/desk/frame.ts';
import { refusalText } from '../../i18n/words/desk/refusals.ts';
import { operatorWords } from '../../i18n/words/operator.ts';
import type { Assets } from '../files/assets.ts';
import { problemOf, statusOf } from '../desk/problem-view.ts';
import { type Form, type FormValues, emptyForm, readForm } from '../desk/forms.ts';
import { type Html, documentOf, mark } from '../layout.ts';
import { deskHeaders } from '../page-headers.ts';

export type OperatorDeps = {
  /** The operators' routes, in this process. */
  readonly callApi: (request: Request) => Promise<Response>;
  readonly assetsOnce: () => Promise<Assets>;
  readonly token: string;
};

/** One request of an operator. */
export type Operator = {
  readonly language: Language;
  readonly path: string;
  param(name: string): string;
  query(name: string): string | undefined;
  /** The state of one of this page's forms, by the name of its act. */
  form(act: string): Form;
  /** Calls a route of operators. @throws AntreProblem */
  call<Answer>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
};

export type OperatorView = { readonly title: string; readonly body: Html; readonly status?: number };
type Show = (operator: Operator) => Promise<OperatorView>;
/** Resolves to the address to go to, or to content that can be shown only now, such as a link. */
export type OperatorAct = (operator: Operator, values: FormValues) => Promise<string | OperatorView>;

/**
 * Adds a page with its forms. The browser asks for the operator's token as a password (Basic authentication) and also sends it with
 * requests from other sites, so forms are accepted only from this origin.
 */
export function addOperatorPage(
  deps: OperatorDeps,
  routes: Hono,
  path: string,
  show: Show,
  acts: Readonly<Record<string, OperatorAct>>,
): void {
  const answer = async (c: Context, respond: (operator: Operator) => Promise<OperatorView | string>) => {
    if (!hasOperatorPassword(c, deps.token)) {
      return c.json({ status: 'not allowed' }, 401, { 'www-authenticate': 'Basic realm="antre operations"' });
    }
    const operator = operatorOf(deps, c);
    const view = await respond(operator).catch((error: unknown) => problemView(problemOf(error), operator.language));
    if (typeof view === 'string') return c.redirect(view, 303);
    return c.html(await frame(deps, operator, view), (view.status ?? 200) as 200, deskHeaders(operator.language));
  };
  routes.get(path, (c) => answer(c, show));
  routes.post(path, (c) => answer(c, (operator) => act(c, operator, show, acts)));
}

async function act(
  c: Context,
  operator: Operator,
  show: Show,
  acts: Readonly<Record<string, OperatorAct>>,
): Promise<OperatorView | string> {
  if (!isFromOurPage(c, c.req.url)) {
    return {
      title: operatorWords[operator.language].title,
      status: 403,
      body: text(frameWords[operator.language].notOurPage),
    };
  }
  const values = await readForm(c);
  const name = values.text('act');
  const chosen = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (chosen === undefined) return show(operator);
  try {
    return await chosen(operator, values);
  } catch (error) {
    const problem = problemOf(error);
    const refused: Form = {
      ...emptyForm(name),
      values,
      faults: problem.errors,
      refusal: refusalText(problem, operator.language),
    };
    const view = await show({ ...operator, form: (other) => (other === name ? refused : emptyForm(other)) });
    return { ...view, status: statusOf(problem) };
  }
}

function operatorOf({ callApi, token }: OperatorDeps, c: Context): Operator {
  const { language } = chooseLanguage(c.req.query('lang'), c.req.header('accept-language'));
  return {
    language,
    path: c.req.path,
    param: (name) => c.req.param(name) ?? '',
    query: (name) => c.req.query(name),
    form: emptyForm,
    call: async <Answer>(method: string, path: string, body?: unknown) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await callApi(
        new Request(`http://operations${path}`, {
          method,
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      );
      const answer: unknown = response.status === 204 ? undefined : await response.json();
      if (!response.ok) throw new AntreProblem(answer as Record<string, unknown>, response.status);
      // The operations port's contract guarantees the shape.
      return answer as Answer;
    },
  };
}

function problemView(problem: AntreProblem, language: Language): OperatorView {
  return {
    title: operatorWords[language].title,
    status: statusOf(problem),
    body: text(refusalText(problem, language)),
  };
}

const text = (of: string): Html => html`<p class="lead">${of}</p>`;

async function frame({ assetsOnce }: OperatorDeps, operator: Operator, view: OperatorView): Promise<string> {
  const { language, path } = operator;
  const words = operatorWords[language];
  const other = otherThan(language);
  const links = [
    ['/operator', words.switches],
    ['/operator/dead-letters', words.deadLetters],
    ['/operator/organizers', words.organizers],
  ] as const;
  const items = links.map(
    ([to, label]) =>
      html`<li><a href="${to}?lang=${language}"${to === path ? html` aria-current="page"` : ''}>${label}</a></li>`,
  );
  return documentOf(
    { lang: { language, isAsked: true }, assets: await assetsOnce() },
    {
      title: view.title,
      styles: 'desk.css',
      className: 'desk',
      body: html`<header class="site-header desk-header"><div class="wrap"><a class="wordmark" href="/operator?lang=${language}">${mark}<span>${words.title}</span></a>
<div class="desk-account"><a href="?lang=${other}" lang="${other}" hreflang="${other}">${frameWords[language].otherLanguage}</a></div></div>
<nav class="desk-nav" aria-label="${words.title}"><ul class="wrap">${items}</ul></nav></header>
<main id="content" tabindex="-1"><div class="wrap desk-main">${doneNotice(operator)}<h1>${view.title}</h1>${view.body}</div></main>`,
    },
  );
}

/** The address of a page with the notice that something is done. */
export function done(path: string, notice: keyof typeof operatorWords.en.done, language: Language): string {
  return `${path}?lang=${language}&done=${notice}`;
}

function doneNotice(operator: Operator): Html | string {
  const notices: Readonly<Record<string, string>> = operatorWords[operator.language].done;
  const name = operator.query('done') ?? '';
  return Object.hasOwn(notices, name)
    ? html`<p class="notice notice-good" role="status" tabindex="-1" autofocus>${notices[name]}</p>`
    : '';
}

/** A time as operators read it: in UTC, as in the log. */
export function timeText(time: string, language: Language): string {
  return formatDateTime(time, 'UTC', language, 'medium');
}
