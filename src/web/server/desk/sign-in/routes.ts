import { Hono } from 'hono';
import { html } from 'hono/html';
import { isFromOurPage } from '../../../../http/our-page.ts';
import { frameWords } from '../../../i18n/words/desk/frame.ts';
import { signInWords } from '../../../i18n/words/desk/sign-in.ts';
import { type DeskDeps, problemOf } from '../answer.ts';
import { createDeskApi } from '../api.ts';
import { readForm } from '../forms.ts';
import { hiddenField, textField } from '../parts/fields.ts';
import { openForm } from '../parts/form.ts';
import { dropSession, isFormToken, keepSession, knownClientOf, sessionOf } from '../session.ts';
import { openPage } from './open-page.ts';
import { signUpPages } from './sign-up.ts';

const home = '/desk';
const deskAddress = /^\/desk(?:\/[\w/-]*)?(?:\?[\w=&%.+-]*)?$/;

/** Sign-in, sign-out, and sign-up where the operator allows it. */
export function signInRoutes(deps: DeskDeps): Hono {
  const signIn = openPage(deps, {
    show: (form, language, c) => {
      const words = signInWords[language];
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
    save: async (api, values, _language, c) => {
      const knownClientToken = knownClientOf(c, deps.publicUrl);
      const signedIn = await api.post('/v1/sessions', {
        json: {
          email: values.text('email'),
          password: values.raw('password'),
          ...(knownClientToken === undefined ? {} : { knownClientToken }),
        },
      });
      keepSession(c, deps.publicUrl, signedIn, deps.clock.now());
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
