import { sql } from 'drizzle-orm';
import type { Role } from '../../src/access/actor.ts';
import { newId } from '../../src/platform/ids.ts';
import { type TestOrganizer, createOrganizer } from '../factories.ts';
import { type TestService, startTestService } from '../processes/service.ts';
import { hashTestPassword } from '../access/hash-test-password.ts';

/** The whole service, with members who can sign in at the desk, and browsers without script. */

export const deskPassword = 'sandi yang cukup panjang';
const publicUrl = 'http://localhost';

export type DeskWorld = {
  readonly running: TestService;
  readonly organizer: TestOrganizer;
  /** An active member of the organiser; resolves to the address. */
  addMember(role: Role, organizer?: TestOrganizer): Promise<string>;
  /** A browser in which this member has signed in by the form. */
  signIn(email: string): Promise<DeskBrowser>;
  newBrowser(): DeskBrowser;
  close(): Promise<void>;
};

export type Seen = {
  readonly status: number;
  readonly html: string;
  readonly headers: Headers;
  readonly location: string;
};

/** Keeps cookies, follows no redirects, and sends forms as a browser does. */
export type DeskBrowser = {
  get(path: string, headers?: Record<string, string>): Promise<Seen>;
  /** Opens the page, fills in its form of this act with the form's values and `fields`, and sends it. */
  send(path: string, fields: Fields, options?: SendOptions): Promise<Seen>;
  /** Sends fields without opening a page. */
  post(path: string, fields: Fields | URLSearchParams, headers?: Record<string, string>): Promise<Seen>;
  readonly cookies: ReadonlyMap<string, string>;
  readonly setCookies: readonly string[];
};

type Fields = Readonly<Record<string, string>>;
type SendOptions = { readonly act?: string; readonly headers?: Record<string, string> };

export async function openDeskWorld(environment: Record<string, string> = {}): Promise<DeskWorld> {
  const running = await startTestService({ PUBLIC_URL: publicUrl, ...environment });
  const { db } = running.service;
  const organizer = await createOrganizer(db);
  const passwordHash = hashTestPassword(deskPassword);
  const newBrowser = () => createBrowser(running);
  return {
    running,
    organizer,
    addMember: async (role, of = organizer) => {
      const id = newId('stf');
      const email = `${id.toLowerCase()}@organizer.test`;
      await db.execute(sql`
        insert into staff (id, organizer_id, email, name, role, status, password_hash)
        values (${id}, ${of.id}, ${email}, 'Sari', ${role}, 'active', ${passwordHash})`);
      return email;
    },
    newBrowser,
    signIn: async (email) => {
      const browser = newBrowser();
      const seen = await browser.send('/desk/sign-in', { email, password: deskPassword });
      if (seen.status !== 303) throw new Error(`sign-in answered ${seen.status}`);
      return browser;
    },
    close: () => running.close(),
  };
}

const fromOurPage = { 'sec-fetch-site': 'same-origin', origin: publicUrl };

function createBrowser(running: TestService): DeskBrowser {
  const cookies = new Map<string, string>();
  const setCookies: string[] = [];
  const ask = async (
    path: string,
    init: { headers: Record<string, string>; method?: string; body?: string },
  ): Promise<Seen> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await running.fetch(path, {
      ...init,
      headers: { accept: 'text/html', 'accept-language': 'en', ...(cookie === '' ? {} : { cookie }), ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) {
      setCookies.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/Max-Age=0(?:;|$)/.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const { status, headers } = response;
    return { status, headers, html: await response.text(), location: headers.get('location') ?? '' };
  };
  const post: DeskBrowser['post'] = (path, fields, headers = fromOurPage) =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: (fields instanceof URLSearchParams ? fields : new URLSearchParams({ ...fields })).toString(),
    });
  const get: DeskBrowser['get'] = (path, headers = {}) => ask(path, { headers });
  return {
    cookies,
    setCookies,
    get,
    post,
    send: async (path, fields, { act = 'save', headers } = {}) => {
      const { html } = await get(path);
      return post(path.split('?')[0] ?? path, filledForm(html, fields, act), headers);
    },
  };
}

/** The current values of the form with this act; of fields with one name, the last. */
export function formFields(html: string, act = 'save'): Record<string, string> {
  return Object.fromEntries(formEntries(html, act));
}

/** What a browser sends of the form with this act after these fields were filled in. */
export function filledForm(html: string, fields: Fields, act = 'save'): URLSearchParams {
  const filled = new URLSearchParams(formEntries(html, act));
  for (const [name, value] of Object.entries(fields)) filled.set(name, value);
  return filled;
}

function formEntries(html: string, act: string): [name: string, value: string][] {
  const form = [...html.matchAll(/<form\b[\s\S]*?<\/form>/g)].find(([text]) =>
    text.includes(`name="act" value="${act}"`),
  )?.[0];
  if (form === undefined) throw new Error(`the page has no form ${act}`);
  const attribute = (tag: string, name: string) => unescaped(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
  const inputs = [...form.matchAll(/<input\b[^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => !/type="(?:checkbox|radio)"/.test(tag) || /\schecked/.test(tag))
    .map((tag): [string, string] => [attribute(tag, 'name'), attribute(tag, 'value')]);
  const areas = [...form.matchAll(/<textarea\b([^>]*)>([\s\S]*?)<\/textarea>/g)].map(
    ([, tag = '', text = '']): [string, string] => [attribute(` ${tag}`, 'name'), unescaped(text)],
  );
  const selects = [...form.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)].map(
    ([, tag = '', options = '']): [string, string] => {
      const chosen = /<option value="([^"]*)" selected/.exec(options) ?? /<option value="([^"]*)"/.exec(options);
      return [attribute(` ${tag}`, 'name'), unescaped(chosen?.[1] ?? '')];
    },
  );
  return [...inputs, ...areas, ...selects].filter(([name]) => name !== '');
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
