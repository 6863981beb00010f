import type { Language } from '../../i18n/language.ts';
import type { Html, PageContext } from '../layout.ts';
import type { Data, DeskApi } from './api.ts';
import type { Form, FormValues } from './forms.ts';
import type { EventSection, Section } from './nav.ts';

/** What the desk knows of a payment gateway. */
export type GatewayOfDesk = {
  readonly name: string;
  readonly methods: readonly string[];
  /** The methods that take an amount within so many minutes: those offered at first for the wish `any`, else the method itself. */
  methodsFor(order: { readonly minutes: number; readonly amount: number }, wish: string): readonly string[];
};

/** The context of one request of a signed-in member, for pages and acts. */
export type Desk = {
  readonly api: DeskApi;
  readonly member: Data<'/v1/sessions/current'>;
  /** The slug of the member's organiser. */
  readonly slug: string;
  readonly language: Language;
  readonly now: Date;
  readonly publicUrl: string;
  /** The payment gateway of new accounts. */
  readonly gateway: GatewayOfDesk;
  /** The address of this page, without its query. */
  readonly path: string;
  readonly formToken: string;
  /** A parameter of the page's path. */
  param(name: string): string;
  query(name: string): string | undefined;
  /** Encrypts a text for an address, so that no name or email appears in logs or browser histories. */
  seal(text: string): string;
  /** The sealed text; undefined if this organiser's members did not seal it. */
  unseal(sealed: string): string | undefined;
  /** The state of the page's form with this act. */
  form(act: string): Form;
};

/** The content of a page, without the frame and its navigation. */
export type View = {
  readonly title: string;
  readonly body?: Html;
  readonly section?: Section;
  /** The page's event. If set, the event's navigation is shown. */
  readonly event?: { readonly id: string; readonly name: string; readonly status: string; readonly slug: string };
  readonly eventSection?: EventSection;
  /** A script of this page, by its name in `client/`. The page must work without it. */
  readonly script?: string;
  /** A whole page, instead of the frame and the body. */
  readonly page?: (context: PageContext) => Promise<string>;
  /** The response to a form. Its heading gets the focus, so that keyboards and screen readers continue below the navigation. */
  readonly isAnswer?: boolean;
  /** It is shown in place of a page that was refused for now, and loads again after this time. */
  readonly againSeconds?: number;
  readonly status?: 200 | 401 | 403 | 404 | 409 | 429 | 500 | 503;
};

export type Show = (desk: Desk) => Promise<View>;
/**
 * Handles a form. Resolves to the address to redirect to, or to a view of something that can be shown only once, such as a new secret.
 * If the API refuses, the page is shown again with the faults.
 */
export type Act = (desk: Desk, values: FormValues) => Promise<string | View>;

/**
 * Adds a page and its forms. The field `act` chooses the act; without it, the act is `save`.
 * @param limits.formBytesMax for forms with files
 */
export type AddPage = (
  path: string,
  show: Show,
  acts?: Readonly<Record<string, Act>>,
  limits?: { readonly formBytesMax: number },
) => void;

/** The address of a page, with a notice of success (`src/web/i18n/words/desk/done.ts`). */
export function done(path: string, notice: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}done=${notice}`;
}
