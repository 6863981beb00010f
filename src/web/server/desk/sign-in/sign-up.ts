import { Hono } from 'hono';
import { html } from 'hono/html';
import { signInWords } from '../../../i18n/words/desk/sign-in.ts';
import type { DeskDeps } from '../answer.ts';
import { textField } from '../parts/fields.ts';
import { openForm } from '../parts/form.ts';
import { openPage } from './open-page.ts';

/** Sign-up as an organiser. The link in the mail confirms the address. */
export function signUpPages(deps: DeskDeps): Hono {
  const form = openPage(deps, {
    show: (state, language) => {
      const words = signInWords[language];
      const fields = [
        textField(state, language, {
          name: 'name',
          label: words.organizerName,
          maxlength: 120,
          autocomplete: 'organization',
        }),
        textField(state, language, {
          name: 'slug',
          label: words.organizerSlug,
          hint: words.organizerSlugHint,
          maxlength: 48,
          autocomplete: 'off',
        }),
        textField(state, language, { name: 'ownerName', label: words.yourName, maxlength: 120, autocomplete: 'name' }),
        textField(state, language, {
          name: 'ownerEmail',
          label: words.email,
          hint: words.emailHint,
          type: 'email',
          inputmode: 'email',
          autocomplete: 'email',
          maxlength: 254,
        }),
      ];
      return {
        title: words.signUp,
        body: html`<div class="form-wrap sign-in"><p class="lead">${words.signUpLead}</p>
${openForm({ language, form: state, path: '/desk/sign-up', body: fields, submit: words.signUpSubmit, cancelPath: '/desk/sign-in' })}</div>`,
      };
    },
    save: async (api, values, language) => {
      await api.post('/v1/organizers', {
        json: {
          name: values.text('name'),
          slug: values.text('slug').toLowerCase(),
          ownerName: values.text('ownerName'),
          ownerEmail: values.text('ownerEmail'),
          locale: language,
        },
      });
      return '/desk/sign-up/sent';
    },
  });
  const sent = openPage(deps, {
    show: (_state, language) => {
      const words = signInWords[language];
      return { title: words.sentTitle, body: html`<p class="lead">${words.sentText}</p>` };
    },
    save: () => Promise.resolve('/desk/sign-up/sent'),
  });
  return new Hono()
    .use('/desk/sign-up', (c, next) => (deps.isSignUpOpen ? next() : Promise.resolve(c.notFound())))
    .get('/desk/sign-up', form.get)
    .post('/desk/sign-up', form.post)
    .get('/desk/sign-up/sent', sent.get);
}
