import type { Language } from '../../i18n/language.ts';
import type { Html, PageContext } from '../layout.ts';
import type { Data, DeskApi } from './api.ts';
import type { Form, FormValues } from './forms.ts';
import type { EventSection, Section } from './nav.ts';

/** One request of a signed-in member: what a page and its acts work with. */
export type Desk = {
  readonly api: DeskApi;
  readonly member: Data<'/v1/sessions/current'>;
  /** The address of the member's organiser. */
  readonly slug: string;
  readonly language: Language;
  readonly now: Date;
  readonly publicUrl: string;
  /** The payment gateway of new accounts. */
  readonly gateway: string;
  /** The address of this page, without its query. */
  readonly path: string;
  readonly formToken: string;
  /** A parameter of the page's path. */
  param(name: string): string;
  query(name: string): string | undefined;
  /** A text for an address that nobody else can read: names and emails stand in no log and no history of a browser. */
  seal(text: string): string;
  /** The text; undefined for what this organiser's members have not sealed. */
  unseal(sealed: string): string | undefined;
  /** The state of one of this page's forms, by the name of its act. */
  form(act: string): Form;
};

/** What a page shows. The frame with its navigation is added. */
export type View = {
  readonly title: string;
  readonly body?: Html;
  readonly section?: Section;
  /** The event that the page is about; its navigation is then shown. */
  readonly event?: { readonly id: string; readonly name: string; readonly status: string; readonly slug: string };
  readonly eventSection?: EventSection;
  /** A script of this page, by its name in `client/`. The page must work without it. */
  readonly script?: string;
  /** A whole page, which is shown in place of the frame and the body. */
  readonly page?: (context: PageContext) => Promise<string>;
  /** It answers a form. Its heading has the focus, so that a keyboard or a screen reader goes on below the navigation. */
  readonly isAnswer?: boolean;
  readonly status?: 200 | 403 | 404 | 409 | 429 | 500 | 503;
};

export type Show = (desk: Desk) => Promise<View>;
/**
 * Does what a form asks, and resolves to the address to go to, or to a view of what can be shown only now, such as a new secret. A
 * refusal of the API shows the page again, with faults.
 */
export type Act = (desk: Desk, values: FormValues) => Promise<string | View>;

/**
 * Adds a page, its forms included. A form without a field `act` is the act `save`.
 * @param limits.formBytesMax for forms with files
 */
export type AddPage = (
  path: string,
  show: Show,
  acts?: Readonly<Record<string, Act>>,
  limits?: { readonly formBytesMax: number },
) => void;

/** The address of a page with the notice that something is done (`src/web/i18n/words/desk/done.ts`). */
export function done(path: string, notice: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}done=${notice}`;
}
