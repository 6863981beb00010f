import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { isFromOurPage } from '../../../../http/our-page.ts';
import { frameWords } from '../../../i18n/words/desk/frame.ts';
import { refusalText } from '../../../i18n/words/desk/refusals.ts';
import { signInWords } from '../../../i18n/words/desk/sign-in.ts';
import { deskHeaders } from '../../page-headers.ts';
import { createDeskApi } from '../api.ts';
import { type DeskDeps, languageOf, problemOf, statusOf } from '../answer.ts';
import type { View } from '../desk.ts';
import { type Form, emptyForm, readForm } from '../forms.ts';
import { textField } from '../parts/fields.ts';
import { openForm } from '../parts/form.ts';
import { deskFrame } from '../parts/frame.ts';
import { dropSession, isFormToken, keepSession, knownClientOf, sessionOf } from '../session.ts';

const home = '/desk';
const deskAddress = /^\/desk(?:\/[\w/-]*)?(?:\?[\w=&%.+-]*)?$/;

/**
 * Signing in and out. The form of a stranger has no token of a session, so it is taken only from a page of ours: otherwise another site
 * could sign a visitor in as somebody else.
 */
export function signInRoutes(deps: DeskDeps): Hono {
  const show = async (c: Context, form: Form, status: NonNullable<View['status']> | 401 = 200) => {
    const language = languageOf(deps, c);
    const words = signInWords[language];
    const next = deskAddressOf(form.values?.text('next') ?? c.req.query('next'));
    const fields = [
      textField(form, language, {
        name: 'email',
        label: words.email,
        type: 'email',
        autocomplete: 'username',
        maxlength: 254,
        inputmode: 'email',
      }),
      textField(form, language, {
        name: 'password',
        label: words.password,
        type: 'password',
        autocomplete: 'current-password',
        maxlength: 200,
      }),
      html`<input type="hidden" name="next" value="${next}">`,
    ];
    const view: View = {
      title: words.title,
      body: html`<div class="form-wrap sign-in"><p class="lead">${words.lead}</p>
${openForm({ language, form, path: '/desk/sign-in', body: fields, submit: words.signIn })}
<p class="center"><a href="/desk/password-reset?lang=${language}">${words.forgot}</a></p>
<p class="center"><a href="/door?lang=${language}">${frameWords[language].toDoor}</a></p></div>`,
    };
    const context = { lang: { language, isAsked: false }, assets: await deps.assetsOnce() };
    return c.html(await deskFrame(context, { view, desk: undefined }), status, deskHeaders(language));
  };
  const refused = (c: Context, text: string) => show(c, { ...emptyForm('save'), refusal: text }, 403);

  return new Hono()
    .get('/desk/sign-in', (c) => show(c, emptyForm('save')))
    .post('/desk/sign-in', async (c) => {
      const language = languageOf(deps, c);
      if (!isFromOurPage(c, deps.publicUrl)) return refused(c, frameWords[language].notOurPage);
      const values = await readForm(c);
      const knownClientToken = knownClientOf(c, deps.publicUrl);
      try {
        const signedIn = await createDeskApi(deps.callApi, c, undefined).post('/v1/sessions', {
          json: {
            email: values.text('email'),
            password: values.raw('password'),
            ...(knownClientToken === undefined ? {} : { knownClientToken }),
          },
        });
        keepSession(c, deps.publicUrl, signedIn, deps.clock.now());
      } catch (error) {
        const problem = problemOf(error);
        const form = {
          ...emptyForm('save'),
          values,
          faults: problem.errors,
          refusal: refusalText(problem, language),
        };
        return show(c, form, problem.status === 401 ? 401 : statusOf(problem));
      }
      c.header('cache-control', 'no-store');
      return c.redirect(deskAddressOf(values.text('next')), 303);
    })
    .post('/desk/sign-out', async (c) => {
      const language = languageOf(deps, c);
      const session = sessionOf(c, deps.publicUrl);
      if (!isFromOurPage(c, deps.publicUrl)) return refused(c, frameWords[language].notOurPage);
      if (session !== undefined && isFormToken(deps.hashSecret, session, (await readForm(c)).raw('formToken'))) {
        // The browser forgets the session in any case; a session that has ended already cannot be ended again.
        await createDeskApi(deps.callApi, c, session).delete('/v1/sessions/current').catch(problemOf);
        dropSession(c, deps.publicUrl);
      }
      c.header('cache-control', 'no-store');
      return c.redirect('/desk/sign-in', 303);
    });
}

/** Only addresses of the desk: a link may name the page to open, but never another site. */
function deskAddressOf(given: string | undefined): string {
  return given !== undefined && deskAddress.test(given) ? given : home;
}
