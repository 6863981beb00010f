import type { Context, Hono } from 'hono';
import { AntreProblem } from '../../../client/problem.ts';
import { isFromOurPage } from '../../../http/our-page.ts';
import type { Clock } from '../../../platform/clock.ts';
import { decrypt, encrypt, sha256Hex } from '../../../platform/crypto.ts';
import { type Language, chooseLanguage } from '../../i18n/language.ts';
import { frameWords } from '../../i18n/words/desk/frame.ts';
import { refusalText } from '../../i18n/words/desk/refusals.ts';
import type { Assets } from '../files/assets.ts';
import { deskHeaders } from '../page-headers.ts';
import { type CallApi, createDeskApi } from './api.ts';
import type { Act, AddPage, Desk, GatewayOfDesk, Show, View } from './desk.ts';
import { type Form, type FormValues, emptyForm, formBytesMax, readForm } from './forms.ts';
import { memberAtDesk } from './nav.ts';
import { deskFrame } from './parts/frame.ts';
import { problemOf, problemView, refusedView, sendAgainView, statusOf } from './problem-view.ts';
import { dropSession, formToken, isFormOf, isFormToken, keptLanguage, sessionOf } from './session.ts';
import { openKeptForm, sealForm, sealedBytesMax } from './sign-in/kept-form.ts';
import { signInAct, signInAgainView, startSession } from './sign-in/sign-in-form.ts';

export type DeskDeps = {
  readonly callApi: CallApi;
  readonly assetsOnce: () => Promise<Assets>;
  readonly clock: Clock;
  readonly publicUrl: string;
  readonly hashSecret: string;
  /** The payment gateway of new accounts. */
  readonly gateway: GatewayOfDesk;
  /** Whether organisers may sign up by themselves. */
  readonly isSignUpOpen: boolean;
};

/** @param routes where the pages are added */
export function createAddPage(deps: DeskDeps, routes: Hono): AddPage {
  return (path, show, acts = {}, limits = { formBytesMax }) => {
    routes.get(path, (c) => answer(deps, c, { respond: (desk) => show(desk), signedOut: () => toSignIn(c) }));
    if (Object.keys(acts).length === 0) return;
    routes.post(path, (c) => {
      let read: Promise<FormValues> | undefined;
      // The body can be read once only. Nobody uploads files without a session.
      const sent = (bytesMax: number): Sent => ({ show, acts, values: () => (read ??= readForm(c, bytesMax)) });
      return answer(deps, c, {
        respond: (desk) => act(desk, c, sent(Math.max(limits.formBytesMax, sealedBytesMax))),
        signedOut: () => signInAgain(deps, c, sent(sealedBytesMax)),
      });
    });
  };
}

type Requested = Desk & { readonly session: string; readonly deps: DeskDeps };

/** A form of a page as it was sent. */
type Sent = {
  readonly show: Show;
  readonly acts: Readonly<Record<string, Act>>;
  values(): Promise<FormValues>;
};

type Answers = {
  respond(desk: Requested): Promise<View | string | Response>;
  /** Without a session, and with one that has ended. */
  signedOut(): Response | Promise<Response>;
};

async function answer(deps: DeskDeps, c: Context, { respond, signedOut }: Answers): Promise<Response> {
  const language = languageOf(deps, c);
  let desk: Requested | undefined;
  try {
    const session = sessionOf(c, deps.publicUrl);
    if (session === undefined) return await signedOut();
    desk = await openDesk(deps, c, session, language);
    const view = await respond(desk);
    if (view instanceof Response) return view;
    return typeof view === 'string' ? goTo(c, view) : await render(deps, c, language, view, desk);
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status === 401) {
      dropSession(c, deps.publicUrl);
      return signedOut();
    }
    return render(deps, c, language, problemView(problem, language, c.req.method === 'GET'), desk);
  }
}

/**
 * Answers a form that arrives without a session. The sign-in page carries what was typed, sealed; after the sign-in, the form shows it again.
 * Nothing changes until the member sends the form once more. Another member gets the page without that text.
 */
async function signInAgain(deps: DeskDeps, c: Context, { show, values: read }: Sent): Promise<Response> {
  const language = languageOf(deps, c);
  const { path } = c.req;
  if (!isFromOurPage(c, deps.publicUrl)) return toSignIn(c);
  const values = await read().catch(problemOf);
  if (values instanceof AntreProblem) return toSignIn(c);
  const isSignIn = values.text('act') === signInAct;
  const sealed = isSignIn ? values.raw('kept') : sealForm(deps, path, values);
  if (sealed === undefined) return toSignIn(c);
  const ask = (form: Partial<Form>) =>
    render(deps, c, language, signInAgainView({ ...emptyForm(signInAct), ...form }, { language, path, sealed }));
  if (!isSignIn) return ask({});
  let desk: Requested;
  try {
    desk = await openDesk(deps, c, await startSession(deps, c, values), language);
  } catch (error) {
    const problem = problemOf(error);
    return ask({ values, faults: problem.errors, refusal: refusalText(problem, language) });
  }
  const kept = openKeptForm(deps, { path, memberId: desk.member.id, sealed });
  if (kept === undefined) return goTo(c, path);
  try {
    const view = await showAgain(desk, show, kept, { faults: [], refusal: frameWords[language].signedInAnew });
    return await render(deps, c, language, { ...view, status: 403 }, desk);
  } catch (error) {
    return render(deps, c, language, problemView(problemOf(error), language), desk);
  }
}

export function languageOf(deps: DeskDeps, c: Context): Language {
  return keptLanguage(c, deps.publicUrl) ?? chooseLanguage(undefined, c.req.header('accept-language')).language;
}

async function openDesk(deps: DeskDeps, c: Context, session: string, language: Language): Promise<Requested> {
  const api = createDeskApi(deps.callApi, c, session);
  const member = memberAtDesk(await api.get('/v1/sessions/current'));
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
    formToken: formToken(deps.hashSecret, session, member.id),
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

async function act(desk: Requested, c: Context, sent: Sent): Promise<View | string | Response> {
  const { show, acts } = sent;
  const words = frameWords[desk.language];
  if (!isFromOurPage(c, desk.publicUrl)) return refusedView(words.notOurPage, words);
  const values = await sent.values();
  const name = values.text('act') || 'save';
  // Meanwhile somebody has signed in through another tab of this browser.
  if (name === signInAct) return signInAgain(desk.deps, c, sent);
  const chosen = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (chosen === undefined) return refusedView(words.formOutdated, words);
  const token = values.raw('formToken');
  // The form came from our origin, so its token is from an earlier session. The values are kept for the member who typed them.
  if (!isFormToken(desk.deps.hashSecret, desk.session, token)) {
    if (!isFormOf(desk.deps.hashSecret, desk.member.id, token)) return refusedView(words.formOutdated, words);
    return { ...(await showAgain(desk, show, values, { faults: [], refusal: words.signedInAnew })), status: 403 };
  }
  try {
    const shown = await chosen(desk, values);
    return typeof shown === 'string' ? shown : { ...shown, isAnswer: true };
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status === 401 || problem.status === 404) throw problem;
    const refused = { faults: problem.errors, refusal: refusalText(problem, desk.language) };
    return await showAgain(desk, show, values, refused).then(
      (view) => ({ ...view, status: statusOf(problem) }),
      // The page cannot be read now, either.
      (again: unknown) => sendAgainView(desk, values, problemOf(again)),
    );
  }
}

/** The page with one form as it was sent. */
function showAgain(
  desk: Desk,
  show: Show,
  values: FormValues,
  refused: Pick<Form, 'faults' | 'refusal'>,
): Promise<View> {
  const name = values.text('act') || 'save';
  const form: Form = { ...emptyForm(name), values, key: values.raw('key'), ...refused };
  return show({ ...desk, form: (other) => (other === name ? form : emptyForm(other)) });
}

async function render(deps: DeskDeps, c: Context, language: Language, view: View, desk?: Requested): Promise<Response> {
  const context = { lang: { language, isAsked: false }, assets: await deps.assetsOnce() };
  const page = await (view.page === undefined
    ? deskFrame(context, { view, desk, doneName: c.req.query('done') })
    : view.page(context));
  if (view.againSeconds !== undefined) c.header('retry-after', String(view.againSeconds));
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
