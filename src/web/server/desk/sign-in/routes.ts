import { Hono } from 'hono';
import { html } from 'hono/html';
import { isFromOurPage } from '../../../../http/our-page.ts';
import { frameWords } from '../../../i18n/words/desk/frame.ts';
import { signInWords } from '../../../i18n/words/desk/sign-in.ts';
import type { DeskDeps } from '../answer.ts';
import { problemOf } from '../problem-view.ts';
import { createDeskApi } from '../api.ts';
import { readForm } from '../forms.ts';
import { hiddenField } from '../parts/fields.ts';
import { openForm } from '../parts/form.ts';
import { dropSession, isFormToken, sessionOf } from '../session.ts';
import { openPage } from './open-page.ts';
import { signInFields, startSession } from './sign-in-form.ts';
import { signUpPages } from './sign-up.ts';

const home = '/desk';
const deskAddress = /^\/desk(?:\/[\w/-]*)?(?:\?[\w=&%.+-]*)?$/;

/** Sign-in, sign-out, and sign-up where the operator allows it. */
export function signInRoutes(deps: DeskDeps): Hono {
  const signIn = openPage(deps, {
    show: (form, language, c) => {
      const words = signInWords[language];
      const fields = [
        ...signInFields(form, language),
        hiddenField('next', deskAddressOf(form.values?.text('next') ?? c.req.query('next'))),
      ];
      return {
        title: words.title,
        body: html`<div class="form-wrap sign-in"><p class="lead">${words.lead}</p>
${openForm({ language, form, path: '/desk/sign-in', body: fields, submit: words.signIn })}
<p class="center"><a href="/desk/password-reset?lang=${language}">${words.forgot}</a></p>
${deps.isSignUpOpen ? html`<p class="center"><a href="/desk/sign-up">${words.signUp}</a></p>` : ''}
<p class="center"><a href="/door?lang=${language}">${frameWords[language].toDoor}</a></p></div>`,
      };
    },
    save: async (_api, values, _language, c) => {
      await startSession(deps, c, values);
      return deskAddressOf(values.text('next'));
    },
  });

  const routes = new Hono()
    .get('/desk/sign-in', signIn.get)
    .post('/desk/sign-in', signIn.post)
    .post('/desk/sign-out', async (c) => {
      const session = sessionOf(c, deps.publicUrl);
      const isOurs = session !== undefined && isFromOurPage(c, deps.publicUrl);
      if (isOurs && isFormToken(deps.hashSecret, session, (await readForm(c)).raw('formToken'))) {
        // The cookie is dropped even if the API refuses, for example because the session has already ended.
        await createDeskApi(deps.callApi, c, session).delete('/v1/sessions/current').catch(problemOf);
        dropSession(c, deps.publicUrl);
      }
      c.header('cache-control', 'no-store');
      return c.redirect('/desk/sign-in', 303);
    });
  routes.route('/', signUpPages(deps));
  return routes;
}

/** A link may name the page to open after sign-in, but only within the desk: no open redirect. */
function deskAddressOf(given: string | undefined): string {
  return given !== undefined && deskAddress.test(given) ? given : home;
}
