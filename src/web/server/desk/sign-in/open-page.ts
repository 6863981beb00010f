import type { Context } from 'hono';
import { isFromOurPage } from '../../../../http/our-page.ts';
import { frameWords } from '../../../i18n/words/desk/frame.ts';
import { refusalText } from '../../../i18n/words/desk/refusals.ts';
import { deskHeaders } from '../../page-headers.ts';
import type { Language } from '../../../i18n/language.ts';
import { type DeskApi, createDeskApi } from '../api.ts';
import { type DeskDeps, languageOf } from '../answer.ts';
import { problemOf, statusOf } from '../problem-view.ts';
import type { View } from '../desk.ts';
import { type Form, type FormValues, emptyForm, readForm } from '../forms.ts';
import { deskFrame } from '../parts/frame.ts';

type OpenPage = {
  show(form: Form, language: Language, c: Context): View;
  /** Resolves to the address to redirect to. */
  save(api: DeskApi, values: FormValues, language: Language, c: Context): Promise<string>;
};

/**
 * A page with one form for people who are not signed in. Without a session there is no form token, so the form is accepted only from
 * our own origin. Otherwise another site could sign a visitor in to somebody else's account.
 */
export function openPage(deps: DeskDeps, page: OpenPage) {
  const render = async (c: Context, form: Form, status: NonNullable<View['status']> = 200) => {
    const language = languageOf(deps, c);
    const context = { lang: { language, isAsked: false }, assets: await deps.assetsOnce() };
    const view = page.show(form, language, c);
    return c.html(await deskFrame(context, { view, desk: undefined }), status, deskHeaders(language));
  };
  const get = (c: Context) => render(c, emptyForm('save'));
  const post = async (c: Context) => {
    const language = languageOf(deps, c);
    if (!isFromOurPage(c, deps.publicUrl)) {
      return render(c, { ...emptyForm('save'), refusal: frameWords[language].notOurPage }, 403);
    }
    let values: FormValues | undefined;
    try {
      values = await readForm(c);
      const address = await page.save(createDeskApi(deps.callApi, c, undefined), values, language, c);
      c.header('cache-control', 'no-store');
      return c.redirect(address, 303);
    } catch (error) {
      const problem = problemOf(error);
      const refused = { ...emptyForm('save'), values, faults: problem.errors, refusal: refusalText(problem, language) };
      return render(c, refused, problem.status === 401 ? 401 : statusOf(problem));
    }
  };
  return { get, post };
}
