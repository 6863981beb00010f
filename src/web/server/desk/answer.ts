import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import { AntreProblem } from '../../../client/problem.ts';
import { isFromOurPage } from '../../../http/our-page.ts';
import type { Clock } from '../../../platform/clock.ts';
import { decrypt, encrypt, sha256Hex } from '../../../platform/crypto.ts';
import { DomainError } from '../../../platform/errors.ts';
import { type Language, chooseLanguage } from '../../i18n/language.ts';
import { frameWords } from '../../i18n/words/desk/frame.ts';
import { refusalText } from '../../i18n/words/desk/refusals.ts';
import type { Assets } from '../assets.ts';
import type { Html } from '../layout.ts';
import { deskHeaders } from '../page-headers.ts';
import { type CallApi, createDeskApi } from './api.ts';
import type { Act, AddPage, Desk, Show, View } from './desk.ts';
import { type Form, emptyForm, formBytesMax, readForm } from './forms.ts';
import { deskFrame } from './parts/frame.ts';
import { dropSession, formToken, isFormToken, keptLanguage, sessionOf } from './session.ts';

export type DeskDeps = {
  readonly callApi: CallApi;
  readonly assetsOnce: () => Promise<Assets>;
  readonly clock: Clock;
  readonly publicUrl: string;
  readonly hashSecret: string;
  /** The payment gateway of new accounts. */
  readonly gateway: string;
  /** Whether organisers may sign up by themselves. */
  readonly isSignUpOpen: boolean;
};

/** @param routes where the pages are added */
export function createAddPage(deps: DeskDeps, routes: Hono): AddPage {
  return (path, show, acts = {}, limits = { formBytesMax }) => {
    routes.get(path, (c) => answer(deps, c, (desk) => show(desk)));
    if (Object.keys(acts).length > 0)
      routes.post(path, (c) => answer(deps, c, (desk) => act(desk, c, { show, acts, ...limits })));
  };
}

type Requested = Desk & { readonly session: string; readonly deps: DeskDeps };

async function answer(
  deps: DeskDeps,
  c: Context,
  respond: (desk: Requested) => Promise<View | string>,
): Promise<Response> {
  const language = languageOf(deps, c);
  let desk: Requested | undefined;
  try {
    const session = sessionOf(c, deps.publicUrl);
    if (session === undefined) return toSignIn(c);
    desk = await openDesk(deps, c, session, language);
    const view = await respond(desk);
    return typeof view === 'string' ? goTo(c, view) : await render(deps, c, language, view, desk);
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status === 401) {
      dropSession(c, deps.publicUrl);
      return toSignIn(c);
    }
    return render(deps, c, language, problemView(problem, language), desk);
  }
}

export function languageOf(deps: DeskDeps, c: Context): Language {
  return keptLanguage(c, deps.publicUrl) ?? chooseLanguage(undefined, c.req.header('accept-language')).language;
}

async function openDesk(deps: DeskDeps, c: Context, session: string, language: Language): Promise<Requested> {
  const api = createDeskApi(deps.callApi, c, session);
  const member = await api.get('/v1/sessions/current');
  return {
    deps,
    session,
    api,
    member,
    slug: member.organizer.slug,
    language,
    now: deps.clock.now(),
    publicUrl: deps.publicUrl,
    gateway: deps.gateway,
    path: c.req.path,
    formToken: formToken(deps.hashSecret, session),
    ...sealOf(deps.hashSecret, member.organizer.slug),
    param: (name) => c.req.param(name) ?? '',
    query: (name) => c.req.query(name),
    form: emptyForm,
  };
}

function sealOf(hashSecret: string, slug: string): Pick<Desk, 'seal' | 'unseal'> {
  const key = sha256Hex(`desk-addresses:${hashSecret}`);
  return {
    seal: (text) => encrypt(key, text, slug),
    unseal: (sealed) => {
      try {
        return sealed === '' ? undefined : decrypt(key, sealed, slug);
      } catch {
        return undefined;
      }
    },
  };
}

async function act(
  desk: Requested,
  c: Context,
  {
    show,
    acts,
    formBytesMax: bytesMax,
  }: { readonly show: Show; readonly acts: Readonly<Record<string, Act>>; readonly formBytesMax: number },
): Promise<View | string> {
  const words = frameWords[desk.language];
  if (!isFromOurPage(c, desk.publicUrl)) return refusedView(words.notOurPage, words);
  const values = await readForm(c, bytesMax);
  const name = values.text('act') || 'save';
  const chosen = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (chosen === undefined) return refusedView(words.formOutdated, words);
  const showAgain = (refused: Pick<Form, 'faults' | 'refusal'>): Promise<View> => {
    const form: Form = { ...emptyForm(name), values, key: values.raw('key'), ...refused };
    return show({ ...desk, form: (other) => (other === name ? form : emptyForm(other)) });
  };
  // The form came from our origin, so its token is from an earlier session. The values are kept.
  if (!isFormToken(desk.deps.hashSecret, desk.session, values.raw('formToken'))) {
    return { ...(await showAgain({ faults: [], refusal: words.signedInAnew })), status: 403 };
  }
  try {
    const shown = await chosen(desk, values);
    return typeof shown === 'string' ? shown : { ...shown, isAnswer: true };
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status === 401 || problem.status === 404) throw problem;
    const view = await showAgain({ faults: problem.errors, refusal: refusalText(problem, desk.language) });
    return { ...view, status: statusOf(problem) };
  }
}

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

function problemView(problem: AntreProblem, language: Language): View {
  const words = frameWords[language];
  if (problem.status === 404) return { title: words.missingTitle, status: 404, body: textOf(words.missingText) };
  if (problem.status === 403) return { title: words.forbiddenTitle, status: 403, body: textOf(words.forbiddenText) };
  return { title: words.problemTitle, status: statusOf(problem), body: textOf(refusalText(problem, language)) };
}

function refusedView(text: string, words: { readonly problemTitle: string }): View {
  return { title: words.problemTitle, status: 403, body: textOf(text) };
}

const textOf = (text: string): Html => html`<p class="lead">${text}</p>`;

async function render(
  deps: DeskDeps,
  c: Context,
  language: Language,
  view: View,
  desk: Requested | undefined,
): Promise<Response> {
  const context = { lang: { language, isAsked: false }, assets: await deps.assetsOnce() };
  const page = await (view.page === undefined
    ? deskFrame(context, { view, desk, doneName: c.req.query('done') })
    : view.page(context));
  return c.html(page, view.status ?? 200, deskHeaders(language));
}

/** Redirects after a form by GET (303), so that a reload does not submit it again. */
function goTo(c: Context, path: string): Response {
  c.header('cache-control', 'no-store');
  return c.redirect(path, 303);
}

function toSignIn(c: Context): Response {
  const { pathname, search } = new URL(c.req.url);
  const next = c.req.method === 'GET' ? `${pathname}${search}` : pathname;
  return goTo(c, next === '/desk' ? '/desk/sign-in' : `/desk/sign-in?next=${encodeURIComponent(next)}`);
}
