import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Language } from '../../../i18n/language.ts';
import { signInWords } from '../../../i18n/words/desk/sign-in.ts';
import type { Html } from '../../layout.ts';
import type { Clock } from '../../../../platform/clock.ts';
import { type CallApi, createDeskApi } from '../api.ts';
import type { View } from '../desk.ts';
import type { Form, FormValues } from '../forms.ts';
import { hiddenField, textField } from '../parts/fields.ts';
import { openForm } from '../parts/form.ts';
import { keepSession, knownClientOf } from '../session.ts';

/** The act of the sign-in that stands in the place of a page whose session has ended. */
export const signInAct = 'sign-in';

export function signInFields(form: Form, language: Language): readonly Html[] {
  const words = signInWords[language];
  return [
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
  ];
}

/**
 * Signs in by the fields of `signInFields`, and lets the browser keep the session.
 * @throws AntreProblem as the API refuses
 */
export async function startSession(
  deps: { readonly callApi: CallApi; readonly publicUrl: string; readonly clock: Clock },
  c: Context,
  values: FormValues,
): Promise<string> {
  const knownClientToken = knownClientOf(c, deps.publicUrl);
  const signedIn = await createDeskApi(deps.callApi, c, undefined).post('/v1/sessions', {
    json: {
      email: values.text('email'),
      password: values.raw('password'),
      ...(knownClientToken === undefined ? {} : { knownClientToken }),
    },
  });
  keepSession(c, deps.publicUrl, signedIn, deps.clock.now());
  return signedIn.accessToken;
}

/** Asks for the sign-in at the address of the form, which comes back with it. */
export function signInAgainView(
  form: Form,
  { language, path, sealed }: { readonly language: Language; readonly path: string; readonly sealed: string },
): View {
  const words = signInWords[language];
  // After a refused try, the focus is on its fault.
  const isFirst = form.refusal === undefined;
  const body = [...signInFields(form, language), hiddenField('kept', sealed)];
  return {
    title: words.title,
    status: 401,
    body: html`<div class="form-wrap sign-in"><p class="lead"${isFirst ? html` role="status" tabindex="-1" autofocus data-focus` : ''}>${words.sessionEnded}</p>
${openForm({ language, form, path, body, submit: words.signIn })}</div>`,
  };
}
